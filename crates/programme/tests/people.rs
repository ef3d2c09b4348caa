//! Accounts, keepers, attempts, claims, tokens and notices on SQLite and, where there is one,
//! on PostgreSQL; also when several ask at once.

mod people {
    mod claims;
    mod keepers;
    mod notices;
    mod sign_in;
    mod sign_on;

    // The databases of the tests of targets.
    #[allow(dead_code, reason = "only its databases and its pack are used here")]
    #[path = "../targets/world.rs"]
    mod world;
}
