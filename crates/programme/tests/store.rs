//! What is stored is read back as it was: batches, exceptions, records of the pool,
//! snapshots, lists handed on and the journal; on SQLite and, where there is one, on PostgreSQL.

mod store {
    mod attachments;
    mod batches;
    mod hand_overs;
    mod jobs;
    mod journal;
    mod journal_search;
    mod look_back;
    mod pushes;
    mod records;
    mod requests;
    mod snapshots;
    mod views;
    mod writers;

    // The databases of the tests of targets.
    #[allow(dead_code, reason = "only its databases and its pack are used here")]
    #[path = "../targets/world.rs"]
    mod world;
}
