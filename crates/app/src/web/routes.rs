//! The list of routes: each with who may use it. A route cannot be put up without saying so,
//! and what is not in the list is not there.

use super::Workplace;
use super::failure::Failure;
use super::frame::home;
use super::visitor::Visitor;
use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use rules::pack::roles::Right;

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Also those who have not signed in: signing in itself, assets, health.
    Everyone,
    /// Whoever has signed in, for what is their own: account, inbox, posts.
    SignedIn,
    /// Whoever acts through a post, a program with a token too: for what says who asks.
    Known,
    /// Whose role has the right.
    May(Right),
    /// Whose role has one of the rights.
    MayAny(&'static [Right]),
}

impl Access {
    /// Whether a visitor, or nobody, is let in.
    fn admits(self, visitor: Option<&Visitor>) -> bool {
        match (self, visitor) {
            (Access::Everyone, _) => true,
            (_, None) => false,
            (Access::SignedIn, Some(visitor)) => visitor.is_whole(),
            (Access::Known, Some(visitor)) => visitor.seat().is_ok(),
            (Access::May(right), Some(visitor)) => visitor.may(right),
            (Access::MayAny(rights), Some(visitor)) => {
                rights.iter().any(|right| visitor.may(*right))
            }
        }
    }

    /// As the list of routes shows it.
    pub fn shown(self) -> String {
        match self {
            Access::Everyone => "不登录也可用".to_string(),
            Access::SignedIn => "登录后可用".to_string(),
            Access::Known => "登录或凭令牌可用".to_string(),
            Access::May(right) => right.name().to_string(),
            Access::MayAny(rights) => {
                let names: Vec<&str> = rights.iter().map(|right| right.name()).collect();
                names.join("或")
            }
        }
    }
}

/// A verb of the web.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    Get,
    Post,
}

/// One entry of the list.
#[derive(Debug, Clone)]
pub struct Entry {
    pub verb: Verb,
    pub path: &'static str,
    pub access: Access,
}

/// Routes of one noun, or of all.
#[derive(Default)]
pub struct Routes {
    router: Router<Workplace>,
    pub entries: Vec<Entry>,
}

impl Routes {
    pub fn new() -> Routes {
        Routes::default()
    }

    /// A route that reads.
    pub fn get<H, T>(self, path: &'static str, access: Access, handler: H) -> Routes
    where
        H: Handler<T, Workplace>,
        T: 'static,
    {
        self.put(Verb::Get, path, access, on(MethodFilter::GET, handler))
    }

    /// A route that changes something; it answers only to pages of this site.
    pub fn post<H, T>(self, path: &'static str, access: Access, handler: H) -> Routes
    where
        H: Handler<T, Workplace>,
        T: 'static,
    {
        self.put(Verb::Post, path, access, on(MethodFilter::POST, handler))
    }

    /// A route that changes something, with its own limits on what is sent.
    pub fn post_with(
        self,
        path: &'static str,
        access: Access,
        methods: MethodRouter<Workplace>,
    ) -> Routes {
        self.put(Verb::Post, path, access, methods)
    }

    fn put(
        mut self,
        verb: Verb,
        path: &'static str,
        access: Access,
        methods: MethodRouter<Workplace>,
    ) -> Routes {
        let guarded = methods.layer(middleware::from_fn(move |request, next| {
            guard(access, request, next)
        }));
        self.router = self.router.route(path, guarded);
        self.entries.push(Entry { verb, path, access });
        self
    }

    /// Puts another noun's routes beside these.
    pub fn merge(mut self, other: Routes) -> Routes {
        self.router = self.router.merge(other.router);
        self.entries.extend(other.entries);
        self
    }

    pub(super) fn into_router(self) -> Router<Workplace> {
        self.router
    }
}

/// The first page, which not everybody may see.
const ROOT: &str = "/";

async fn guard(access: Access, request: Request, next: Next) -> Response {
    let visitor = request.extensions().get::<Visitor>();
    if access.admits(visitor) {
        return next.run(request).await;
    }
    match visitor {
        None => Failure::SignInFirst.into_response(),
        Some(visitor) => match visitor.way_on() {
            Some(address) => Failure::Elsewhere(address).into_response(),
            // Who types the bare address wants his own first page, whichever that is.
            None if request.uri().path() == ROOT && visitor.is_whole() => {
                Failure::Elsewhere(home(visitor)).into_response()
            }
            None => Failure::Denied.into_response(),
        },
    }
}
