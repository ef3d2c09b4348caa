//! Jobs are taken once, claimed by one node at a time and finished once, whoever stumbles.

use super::world::{act, act_of, on_each_database};
use programme::database::{Database, setting};
use programme::jobs::{
    self, ATTEMPTS_MAX, AskRefusal, CancelRefusal, Claimed, Claiming, Ending, FileRefusal, Job,
    JobFailure, JobFilter, Order, PART_BYTES_MAX, Progress, Role, State, Ticket, WAITING_MAX,
};
use programme::journal::{Chain, verify};
use programme::people::Organisation;

const RUN: &str = "outlook.run";
const LEASE: i64 = 30_000;

fn order<'a>(request: &'a str, key: Option<&'a str>) -> Order<'a> {
    Order {
        kind: RUN,
        request,
        account: None,
        key,
    }
}

async fn ask(db: &Database, request: &str, key: Option<&str>) -> Result<jobs::Asked, AskRefusal> {
    let tx = db.begin_writing().await.expect("a transaction");
    let asked = jobs::ask(&tx, &order(request, key), &act()).await;
    let asked = asked.expect("asked");
    tx.commit().await.expect("kept");
    asked
}

async fn claim(db: &Database, node: &str, now_millis: i64) -> Option<Claimed> {
    let claiming = Claiming {
        node,
        kinds: &["deliveries.import", RUN],
        now_millis,
        lease_millis: LEASE,
    };
    jobs::claim(db, &claiming).await.expect("claimed")
}

/// Does a piece of work in one transaction with the end of its job.
async fn work(db: &Database, ticket: &Ticket, content: &str) -> Result<(), JobFailure> {
    let tx = db.begin_writing().await?;
    programme::database::keep_setting(&tx, "result", content).await?;
    jobs::finish(&tx, ticket, &Ending::Done(content.to_string()), &act()).await?;
    tx.commit().await?;
    Ok(())
}

async fn job(db: &Database, id: i64) -> Job {
    let found = jobs::job(db.reading(), id).await.expect("read");
    found.expect("a job")
}

#[tokio::test]
async fn a_job_goes_from_asking_to_its_result() {
    on_each_database("jobs_way", async |db| {
        assert_eq!(claim(db, "a", 0).await, None);
        for number in 1..=3 {
            let asked = ask(db, "{}", None).await.expect("taken");
            assert_eq!((asked.job, asked.is_repeated), (number, false));
        }
        let first = claim(db, "a", 1_000).await.expect("the oldest");
        assert_eq!((first.ticket.job, first.job.attempts), (1, 1));
        let second = claim(db, "b", 1_000).await.expect("the next");
        assert_eq!(second.ticket.job, 2);
        let progress = Progress {
            done: 3,
            of: 8,
            words: "计算".to_string(),
        };
        let kept = jobs::heartbeat(db.reading(), &first.ticket, 99_000, &progress).await;
        assert!(kept.expect("kept"));
        let seen = job(db, 1).await;
        assert_eq!((seen.progress, seen.lease_until_millis), (progress, 99_000));
        work(db, &first.ticket, "one").await.expect("finished");
        let done = job(db, 1).await;
        assert_eq!(
            (done.state, done.outcome.as_deref()),
            (State::Done, Some("one"))
        );
        let again = work(db, &first.ticket, "twice").await;
        assert!(
            matches!(again, Err(JobFailure::Lost { job: 1 })),
            "{again:?}"
        );
        let kept = setting(db.reading(), "result").await.expect("read");
        assert_eq!(kept.as_deref(), Some("one"));
        let filter = JobFilter {
            state: Some(State::Queued),
            limit: 10,
            ..JobFilter::default()
        };
        let waiting = jobs::jobs(db.reading(), &filter).await.expect("listed");
        let numbers: Vec<i64> = waiting.iter().map(|job| job.id).collect();
        assert_eq!(numbers, [3]);
        let chain = verify(db.reading()).await.expect("read");
        assert_eq!(chain, Chain::Whole { lines: 4 });
    })
    .await;
}

#[tokio::test]
async fn whoever_lost_the_lease_stores_nothing() {
    on_each_database("jobs_lost", async |db| {
        ask(db, "{}", None).await.expect("taken");
        let slow = claim(db, "slow", 0).await.expect("claimed");
        assert_eq!(claim(db, "quick", LEASE - 1).await, None);
        let quick = claim(db, "quick", LEASE).await.expect("the lease ran out");
        assert!(quick.ticket.token > slow.ticket.token);
        let beat = jobs::heartbeat(db.reading(), &slow.ticket, 1, &Progress::default()).await;
        assert!(!beat.expect("asked"));
        let lost = work(db, &slow.ticket, "slow").await;
        assert!(matches!(lost, Err(JobFailure::Lost { job: 1 })), "{lost:?}");
        assert_eq!(setting(db.reading(), "result").await.expect("read"), None);
        let released = jobs::release(db.reading(), &slow.ticket, 0, "", true).await;
        assert!(!released.expect("asked"));
        work(db, &quick.ticket, "quick").await.expect("finished");
        assert_eq!(job(db, 1).await.state, State::Done);
        // A lease that ran out unnoticed is still good as long as nobody else took the job.
        ask(db, "{}", None).await.expect("taken");
        let late = claim(db, "late", 0).await.expect("claimed");
        work(db, &late.ticket, "late").await.expect("finished");
    })
    .await;
}

#[tokio::test]
async fn a_key_asks_once_and_a_queue_has_an_end() {
    on_each_database("jobs_key", async |db| {
        let first = ask(db, "{}", Some("k")).await.expect("taken");
        let again = ask(db, "{}", Some("k")).await.expect("the same");
        assert_eq!((again.job, again.is_repeated), (first.job, true));
        let other = ask(db, "{\"as_of\":\"2026-09\"}", Some("k")).await;
        assert_eq!(other, Err(AskRefusal::KeyTaken { job: 1 }));
        // Another organisation's keys are its own.
        let tax = act_of(Organisation::Agency("tax".to_string()));
        let tx = db.begin_writing().await.expect("a transaction");
        let asked = jobs::ask(&tx, &order("{}", Some("k")), &tax).await;
        assert_eq!(asked.expect("asked").expect("taken").job, 2);
        for _ in 1..WAITING_MAX {
            let asked = jobs::ask(&tx, &order("{}", None), &act()).await;
            asked.expect("asked").expect("taken");
        }
        let asked = jobs::ask(&tx, &order("{}", None), &act()).await;
        assert_eq!(asked.expect("asked"), Err(AskRefusal::TooMany));
    })
    .await;
}

#[tokio::test]
async fn a_job_that_never_ends_is_given_up_in_words() {
    on_each_database("jobs_attempts", async |db| {
        ask(db, "{}", None).await.expect("taken");
        let mut now = 0;
        for attempt in 1..=ATTEMPTS_MAX {
            let claimed = claim(db, "a", now).await.expect("begun again");
            assert_eq!(claimed.job.attempts, attempt);
            now += LEASE;
        }
        assert_eq!(claim(db, "a", now).await, None);
        assert!(
            jobs::exhausted(db.reading(), now - 1)
                .await
                .expect("asked")
                .is_empty()
        );
        let given_up = jobs::exhausted(db.reading(), now).await.expect("asked");
        for expected in [true, false] {
            let tx = db.begin_writing().await.expect("a transaction");
            let ended = jobs::give_up(&tx, &given_up[0], "{}", &act()).await;
            assert_eq!(ended.expect("asked"), expected);
            tx.commit().await.expect("kept");
        }
        assert_eq!(job(db, 1).await.state, State::Failed);
        // A node that is stopped in order uses up no attempt.
        ask(db, "{}", None).await.expect("taken");
        for _ in 0..=ATTEMPTS_MAX {
            let claimed = claim(db, "a", now).await.expect("claimed");
            let released = jobs::release(db.reading(), &claimed.ticket, 0, "", false).await;
            assert!(released.expect("released"));
        }
    })
    .await;
}

#[tokio::test]
async fn a_cancelled_job_stores_nothing() {
    on_each_database("jobs_cancel", async |db| {
        let cancel = async |id: i64| {
            let tx = db.begin_writing().await.expect("a transaction");
            let answer = jobs::cancel(&tx, id, &act()).await.expect("asked");
            tx.commit().await.expect("kept");
            answer
        };
        ask(db, "{}", None).await.expect("taken");
        let claimed = claim(db, "a", 0).await.expect("claimed");
        assert_eq!(cancel(1).await, Ok(()));
        let lost = work(db, &claimed.ticket, "late").await;
        assert!(matches!(lost, Err(JobFailure::Lost { job: 1 })), "{lost:?}");
        let state = State::Cancelled;
        assert_eq!(cancel(1).await, Err(CancelRefusal::Over { job: 1, state }));
        assert_eq!(cancel(2).await, Err(CancelRefusal::Unknown(2)));
        assert_eq!(claim(db, "a", i64::MAX / 2).await, None);
    })
    .await;
}

/// Hands in a file of these parts.
async fn hand_in(db: &Database, parts: &[&[u8]]) -> i64 {
    let tx = db.begin_writing().await.expect("a transaction");
    let id = jobs::begin_file(&tx, "税务.csv", Role::Given, &act()).await;
    let id = id.expect("begun");
    tx.commit().await.expect("kept");
    for (number, part) in (0..).zip(parts) {
        let pushed = jobs::push_part(db.reading(), id, number, part.to_vec()).await;
        pushed.expect("a part");
    }
    let mut file = jobs::file(db.reading(), id)
        .await
        .expect("read")
        .expect("a file");
    file.hash = Some("ab".to_string());
    file.bytes = parts.iter().map(|part| part.len() as i64).sum();
    file.parts = parts.len() as i64;
    let tx = db.begin_writing().await.expect("a transaction");
    jobs::seal_file(&tx, &file, &act()).await.expect("sealed");
    tx.commit().await.expect("kept");
    id
}

async fn attach(db: &Database, file: i64, job: i64) -> Result<(), FileRefusal> {
    let tx = db.begin_writing().await.expect("a transaction");
    let attached = jobs::attach(&tx, file, job).await.expect("asked");
    tx.commit().await.expect("kept");
    attached
}

#[tokio::test]
async fn a_file_is_there_until_its_job_is_over() {
    on_each_database("jobs_files", async |db| {
        let large = vec![7u8; PART_BYTES_MAX];
        let file = hand_in(db, &[&large, b"end"]).await;
        ask(db, "{}", None).await.expect("taken");
        assert_eq!(attach(db, file, 1).await, Ok(()));
        assert_eq!(attach(db, file, 1).await, Err(FileRefusal::Unusable(file)));
        assert_eq!(attach(db, 9, 1).await, Err(FileRefusal::Unusable(9)));
        let part = jobs::part(db.reading(), file, 0).await.expect("read");
        assert_eq!(part.as_deref(), Some(large.as_slice()));
        let claimed = claim(db, "a", 0).await.expect("claimed");
        work(db, &claimed.ticket, "done").await.expect("finished");
        assert_eq!(jobs::part(db.reading(), file, 0).await.expect("read"), None);
        let kept = jobs::files_of(db.reading(), 1).await.expect("read");
        assert_eq!((kept.len(), kept[0].bytes), (1, PART_BYTES_MAX as i64 + 3));
        // What nobody asked for goes after a while, and no sooner.
        let unused = hand_in(db, &[b"x"]).await;
        let at = act().at;
        assert_eq!(jobs::sweep(db.reading(), at, at).await.expect("swept"), 0);
        assert_eq!(
            jobs::sweep(db.reading(), at + 1, at).await.expect("swept"),
            1
        );
        assert_eq!(
            attach(db, unused, 1).await,
            Err(FileRefusal::Unusable(unused))
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_nodes_share_jobs_and_none_is_done_twice() {
    const JOBS: i64 = 40;
    on_each_database("jobs_nodes", async |db| {
        for _ in 0..JOBS {
            ask(db, "{}", None).await.expect("taken");
        }
        let nodes = (0..6).map(|node| {
            let db = db.clone();
            tokio::spawn(async move {
                let mut done = Vec::new();
                while let Some(claimed) = claim(&db, &format!("node {node}"), 0).await {
                    work(&db, &claimed.ticket, "x").await.expect("finished");
                    done.push(claimed.ticket.job);
                }
                done
            })
        });
        let mut all = Vec::new();
        for node in nodes.collect::<Vec<_>>() {
            all.extend(node.await.expect("worked"));
        }
        // Another's lock is skipped, so a node may leave early, but nothing stays behind.
        while let Some(claimed) = claim(db, "last", 0).await {
            work(db, &claimed.ticket, "x").await.expect("finished");
            all.push(claimed.ticket.job);
        }
        all.sort_unstable();
        assert_eq!(all, (1..=JOBS).collect::<Vec<i64>>());
        let chain = verify(db.reading()).await.expect("read");
        assert_eq!(chain, Chain::Whole { lines: 2 * JOBS });
    })
    .await;
}
