//! How fast one account may ask: a bucket of requests that fills evenly, on each node.

use super::problem::is_of_interface;
use crate::web::failure::Failure;
use crate::web::visitor::Visitor;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// Accounts that are remembered; of more, those whose buckets are full are forgotten.
const ACCOUNTS_MAX: usize = 20_000;

/// Requests that an account still has.
struct Bucket {
    left: f64,
    at: Instant,
}

/// The buckets of this node.
pub struct Buckets {
    /// Requests that come back in a second.
    per_second: f64,
    /// Requests that a full bucket holds.
    most: f64,
    buckets: Mutex<HashMap<i64, Bucket>>,
}

impl Buckets {
    /// So many requests a minute, of which a sixth may come at once.
    pub fn per_minute(requests: u32) -> Arc<Buckets> {
        let per_minute = f64::from(requests.max(1));
        Arc::new(Buckets {
            per_second: per_minute / 60.0,
            most: (per_minute / 6.0).max(1.0),
            buckets: Mutex::default(),
        })
    }

    /// Takes a request out of an account's bucket; or the seconds until there is one.
    pub fn take(&self, account: i64, now: Instant) -> Result<(), u64> {
        let Ok(mut buckets) = self.buckets.lock() else {
            return Ok(());
        };
        if buckets.len() >= ACCOUNTS_MAX {
            buckets.retain(|_, bucket| self.filled(bucket, now) < self.most);
        }
        let bucket = buckets.entry(account).or_insert(Bucket {
            left: self.most,
            at: now,
        });
        bucket.left = self.filled(bucket, now);
        bucket.at = now;
        if bucket.left >= 1.0 {
            bucket.left -= 1.0;
            return Ok(());
        }
        let seconds = (1.0 - bucket.left) / self.per_second;
        Err(seconds.ceil().max(1.0) as u64)
    }

    fn filled(&self, bucket: &Bucket, now: Instant) -> f64 {
        let passed = now.saturating_duration_since(bucket.at).as_secs_f64();
        (bucket.left + passed * self.per_second).min(self.most)
    }
}

/// Lets an account's requests through at their pace.
pub async fn keep_pace(
    State(buckets): State<Arc<Buckets>>,
    request: Request,
    next: Next,
) -> Response {
    let visitor = request.extensions().get::<Visitor>();
    let is_own = is_of_interface(request.uri().path());
    let account = visitor
        .filter(|_| is_own)
        .map(|visitor| visitor.account().id);
    match account.map(|account| buckets.take(account, Instant::now())) {
        Some(Err(seconds)) => Failure::TooMany(seconds).into_response(),
        _ => next.run(request).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_bucket_empties_and_fills_again_for_each_account() {
        let buckets = Buckets::per_minute(60);
        let start = Instant::now();
        let later = |millis: u64| start + Duration::from_millis(millis);
        for _ in 0..10 {
            assert_eq!(buckets.take(1, start), Ok(()));
        }
        assert_eq!(buckets.take(1, start), Err(1));
        assert_eq!(buckets.take(2, start), Ok(()), "another account");
        assert_eq!(buckets.take(1, later(999)), Err(1));
        assert_eq!(buckets.take(1, later(1_999)), Ok(()));
        assert_eq!(buckets.take(1, later(1_999)), Err(1));
        for _ in 0..10 {
            assert_eq!(buckets.take(1, later(60_000)), Ok(()), "never above full");
        }
        assert_eq!(buckets.take(1, later(60_000)), Err(1));
    }
}
