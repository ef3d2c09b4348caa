//! Targets from measuring to issuing, progress counted from delivered lists, and
//! restatements; what is stored is tried on SQLite and, where there is one, on PostgreSQL.

mod targets {
    mod figures;
    mod model;
    mod progress;
    mod refusals;
    mod workflow;
    mod world;
}
