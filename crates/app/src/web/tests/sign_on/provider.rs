//! A provider of identities on loopback: it says what a case lets it say, and takes a code
//! once, from whoever has the secret, the verifier and the right callback.

use crate::web::oidc::{Provider, read};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use chrono::{TimeDelta, Utc};
use openidconnect::core::{
    CoreHmacKey, CoreIdToken, CoreIdTokenClaims, CoreJwsSigningAlgorithm as Algorithm,
    CoreRsaPrivateSigningKey,
};
use openidconnect::{
    Audience, EmptyAdditionalClaims, IssuerUrl, JsonWebKeyId, Nonce, PkceCodeChallenge,
    PkceCodeVerifier, PrivateSigningKey, StandardClaims, SubjectIdentifier,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

pub const CLIENT: &str = "shenggui";
pub const SECRET: &str = "s3cret of the client";
pub const CALLBACK: &str = "http://sgt.example/session/sign-on/callback";
/// Made for these tests alone.
const KEY: &str = include_str!("provider.pem");

/// By what a token is signed.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Signed {
    Rightly,
    /// The last signs of the signature are others.
    Wrongly,
    /// With what both sides know, which proves nothing here.
    BySecret,
    /// Not at all.
    Never,
}

/// What the provider says; the ordinary answer is one that is let in.
#[derive(Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Says {
    pub subject: String,
    pub audience: String,
    /// Empty for its own.
    pub issuer: String,
    /// Empty for the one that was asked for.
    pub nonce: String,
    pub issued_in: i64,
    pub expires_in: i64,
    pub signed: Signed,
    /// The name of its key.
    pub key: String,
    /// Sent along with the browser instead of a code.
    pub error: String,
    /// Answered to the code.
    pub token_error: String,
    /// Added to the address by which the browser comes back.
    pub extra: String,
}

impl Default for Says {
    fn default() -> Says {
        Says {
            subject: "248289761001".to_string(),
            audience: CLIENT.to_string(),
            issuer: String::new(),
            nonce: String::new(),
            issued_in: -5,
            expires_in: 300,
            signed: Signed::Rightly,
            key: "first".to_string(),
            error: String::new(),
            token_error: String::new(),
            extra: String::new(),
        }
    }
}

/// What was asked for with a code.
struct Asked {
    nonce: String,
    challenge: String,
}

#[derive(Default)]
struct Inner {
    says: Says,
    codes: BTreeMap<String, Asked>,
}

#[derive(Clone)]
pub struct Fake {
    pub issuer: String,
    inner: Arc<Mutex<Inner>>,
}

impl Fake {
    pub async fn start() -> Fake {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let fake = Fake {
            issuer: format!("http://{address}"),
            inner: Arc::default(),
        };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(fake.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        fake
    }

    pub fn says(&self, says: Says) {
        self.inner.lock().expect("not poisoned").says = says;
    }

    /// This program's side, as its configuration has it.
    pub fn configured(&self, factor: bool) -> Arc<Provider> {
        configured(&self.issuer, factor)
    }

    /// Somebody signs in at the address to which the browser was sent; gives the path by which
    /// it comes back.
    pub fn visit(&self, address: &str) -> String {
        let (head, question) = address.split_once('?').expect("a question");
        assert_eq!(head, format!("{}/authorize", self.issuer));
        let asked = form_urlencoded::parse(question.as_bytes()).into_owned();
        let asked: HashMap<String, String> = asked.collect();
        for (name, value) in [
            ("response_type", "code"),
            ("client_id", CLIENT),
            ("redirect_uri", CALLBACK),
            ("scope", "openid"),
            ("code_challenge_method", "S256"),
        ] {
            assert_eq!(asked[name], value, "{name}");
        }
        let mut inner = self.inner.lock().expect("not poisoned");
        let code = format!("code-{}", inner.codes.len());
        let known = Asked {
            nonce: asked["nonce"].clone(),
            challenge: asked["code_challenge"].clone(),
        };
        let mut back = form_urlencoded::Serializer::new(String::new());
        back.append_pair("state", &asked["state"]);
        match inner.says.error.as_str() {
            "" => back.append_pair("code", &code),
            error => back.append_pair("error", error),
        };
        inner.codes.insert(code, known);
        let path = CALLBACK.trim_start_matches("http://sgt.example");
        format!("{path}?{}{}", back.finish(), inner.says.extra)
    }
}

pub fn configured(issuer: &str, factor: bool) -> Arc<Provider> {
    let section = toml::toml! {
        issuer = issuer
        client_id = "shenggui"
        name = "省统一身份认证"
        address = "http://sgt.example"
        plain_http = true
        factor = factor
        wait_seconds = 1
    };
    let environment =
        |name: &str| (name == "SHENGGUI_OIDC_CLIENT_SECRET").then(|| SECRET.to_string());
    let folder = std::path::Path::new(".");
    let settings = read(Some(section.into()), environment, folder).expect("right");
    Arc::new(Provider::new(settings.expect("a section")))
}

async fn metadata(State(fake): State<Fake>) -> Response {
    let issuer = &fake.issuer;
    answer(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "HS256"],
    }))
}

fn answer(value: Value) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json")];
    (kind, value.to_string()).into_response()
}

fn refuse(error: &str) -> Response {
    let mut response = answer(json!({ "error": error }));
    *response.status_mut() = StatusCode::BAD_REQUEST;
    response
}

fn key(name: &str) -> CoreRsaPrivateSigningKey {
    let id = JsonWebKeyId::new(name.to_string());
    CoreRsaPrivateSigningKey::from_pem(KEY, Some(id)).expect("a key")
}

async fn keys(State(fake): State<Fake>) -> Response {
    let inner = fake.inner.lock().expect("not poisoned");
    let key = key(&inner.says.key).as_verification_key();
    answer(json!({ "keys": [key] }))
}

async fn token(
    State(fake): State<Fake>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let mut inner = fake.inner.lock().expect("not poisoned");
    let says = inner.says.clone();
    if !says.token_error.is_empty() {
        return refuse(&says.token_error);
    }
    // “shenggui:s3cret+of+the+client” as the standard wants it.
    let basic = "Basic c2hlbmdndWk6czNjcmV0K29mK3RoZStjbGllbnQ=";
    if headers
        .get(header::AUTHORIZATION)
        .is_none_or(|own| own != basic)
    {
        return refuse("invalid_client");
    }
    let Some(asked) = inner.codes.remove(&form["code"]) else {
        return refuse("invalid_grant");
    };
    let verifier = PkceCodeVerifier::new(form["code_verifier"].clone());
    let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);
    if challenge.as_str() != asked.challenge || form["redirect_uri"] != CALLBACK {
        return refuse("invalid_grant");
    }
    answer(json!({
        "access_token": "not used",
        "token_type": "Bearer",
        "id_token": id_token(&fake.issuer, &says, &asked.nonce),
    }))
}

fn id_token(own: &str, says: &Says, nonce: &str) -> String {
    let or = |text: &str, usual: &str| match text {
        "" => usual.to_string(),
        text => text.to_string(),
    };
    let now = Utc::now();
    let claims = CoreIdTokenClaims::new(
        IssuerUrl::new(or(&says.issuer, own)).expect("an address"),
        vec![Audience::new(says.audience.to_string())],
        now + TimeDelta::seconds(says.expires_in),
        now + TimeDelta::seconds(says.issued_in),
        StandardClaims::new(SubjectIdentifier::new(says.subject.to_string())),
        EmptyAdditionalClaims {},
    )
    .set_nonce(Some(Nonce::new(or(&says.nonce, nonce))));
    let token = match says.signed {
        Signed::BySecret => {
            let key = CoreHmacKey::new(SECRET);
            CoreIdToken::new(claims, &key, Algorithm::HmacSha256, None, None)
        }
        _ => CoreIdToken::new(
            claims,
            &key(&says.key),
            Algorithm::RsaSsaPkcs1V15Sha256,
            None,
            None,
        ),
    };
    let text = token.expect("a token").to_string();
    let (signed, signature) = text.rsplit_once('.').expect("a signature");
    match says.signed {
        Signed::Rightly | Signed::BySecret => text,
        Signed::Wrongly => {
            let turned: String = signature.chars().rev().collect();
            format!("{signed}.{turned}")
        }
        Signed::Never => {
            let (_, body) = signed.split_once('.').expect("a body");
            // {"alg":"none"}
            format!("eyJhbGciOiJub25lIn0.{body}.")
        }
    }
}
