//! Measured, consulted, approved, issued: records, refusals, and what counts.

use super::world::{LUOYANG, PROVINCE, act, act_of, journal_of, on_each_database, pack};
use programme::database::Database;
use programme::people::Organisation;
use programme::targets::{
    Deed, Round, RoundState, TargetRefusal, acts, adjust, approve, consult, issue, issued, measure,
    round,
};
use rules::pack::Pack;
use rules::pack::divisions::DivisionCode;
use std::collections::BTreeMap;

/// Something that somebody wishes to do with the targets.
#[derive(Debug, Clone)]
pub enum Wish<'a> {
    Measure(u32),
    MeasureBy(u32, &'a [(DivisionCode, u64)]),
    Adjust(&'a [(DivisionCode, u32)], &'a str),
    Consult(&'a str, &'a str),
    Approve(&'a str),
    Issue(&'a str),
}

/// The whole way, with its ordinary arguments.
pub const MEASURE: Wish<'_> = Wish::Measure(2500);
pub const CONSULT: Wish<'_> = Wish::Consult("statistics", "同意");
pub const APPROVE: Wish<'_> = Wish::Approve("省政府常务会议");
pub const ISSUE: Wish<'_> = Wish::Issue("豫民企组办〔2027〕3号");

/// The 2022 targets of areas as bases; counties by their place in the list.
pub fn bases(pack: &Pack, division: DivisionCode) -> Vec<(DivisionCode, u64)> {
    if division == PROVINCE {
        let areas = pack.targets[0].areas.iter();
        return areas
            .map(|(code, count)| (*code, u64::from(*count)))
            .collect();
    }
    let counties = pack.divisions.counties_of(division);
    counties
        .zip(1..)
        .map(|(county, base)| (county.code, base))
        .collect()
}

/// Does it as the industry department and keeps it, unless it is refused.
pub async fn wish(
    db: &Database,
    pack: &Pack,
    (year, division): (i32, DivisionCode),
    wish: Wish<'_>,
) -> Result<Round, TargetRefusal> {
    let act = act();
    let tx = db.begin_writing().await.expect("a transaction");
    let outcome = match wish {
        Wish::Measure(total) => {
            let bases = bases(pack, division);
            measure(&tx, pack, year, division, total, &bases, &act).await
        }
        Wish::MeasureBy(total, bases) => {
            measure(&tx, pack, year, division, total, bases, &act).await
        }
        Wish::Adjust(changes, reason) => {
            adjust(&tx, pack, year, division, changes, reason, &act).await
        }
        Wish::Consult(with, opinion) => {
            let with = Organisation::read(pack, with).expect("an organisation");
            consult(&tx, pack, year, division, &with, opinion, &act).await
        }
        Wish::Approve(note) => approve(&tx, pack, year, division, note, &act).await,
        Wish::Issue(document) => issue(&tx, pack, year, division, document, &act).await,
    };
    let outcome = outcome.expect("the database");
    if outcome.is_ok() {
        tx.commit().await.expect("kept");
    }
    outcome
}

pub async fn all(
    db: &Database,
    pack: &Pack,
    of: (i32, DivisionCode),
    wishes: &[Wish<'_>],
) -> Round {
    let mut last = None;
    for each in wishes {
        let outcome = wish(db, pack, of, each.clone()).await;
        last = Some(outcome.unwrap_or_else(|refusal| panic!("{each:?}: {refusal}")));
    }
    last.expect("a wish")
}

async fn in_force(db: &Database, pack: &Pack, year: i32) -> BTreeMap<DivisionCode, u32> {
    issued(db.reading(), pack, year).await.expect("targets")
}

#[tokio::test]
async fn from_measuring_to_issuing() {
    let pack = pack();
    on_each_database("whole_way", async |db| {
        let year = (2027, PROVINCE);
        assert_eq!(
            round(db.reading(), 2027, PROVINCE).await.expect("acts"),
            None
        );
        let measured = all(db, &pack, year, &[Wish::Measure(2500)]).await;
        assert_eq!(
            (measured.edition, measured.state),
            (1, RoundState::Measured)
        );
        assert_eq!(
            measured.shares, pack.targets[0].areas,
            "its own shares as bases"
        );
        let moved = [(LUOYANG, 240), (410100, 300)];
        let wishes = [
            Wish::Adjust(&moved, " 郑州市在建项目推迟 "),
            CONSULT,
            Wish::Consult("洛阳市", "建议再增加10家"),
            APPROVE,
        ];
        let approved = all(db, &pack, year, &wishes).await;
        assert_eq!(
            (approved.state, approved.total()),
            (RoundState::Approved, 2500)
        );
        assert_eq!(
            in_force(db, &pack, 2027).await,
            BTreeMap::new(),
            "not yet issued"
        );
        let done = all(db, &pack, year, &[ISSUE]).await;
        assert_eq!(
            (done.state, done.document()),
            (RoundState::Issued, Some("豫民企组办〔2027〕3号"))
        );
        let targets = in_force(db, &pack, 2027).await;
        assert_eq!(
            (targets[&LUOYANG], targets[&410100], targets.len()),
            (240, 300, 18)
        );
        let records = acts(db.reading(), 2027, PROVINCE).await.expect("acts");
        assert_eq!(records, done.acts, "what is returned is what is stored");
        let Deed::Measured { bases: kept, ties } = &records[0].deed else {
            panic!("{records:?}");
        };
        assert_eq!((kept, ties.len()), (&bases(&pack, PROVINCE), 0));
        let reason = "郑州市在建项目推迟".to_string();
        assert_eq!(records[1].deed, Deed::Adjusted { reason });
        let (with, opinion) = ("410300".to_string(), "建议再增加10家".to_string());
        assert_eq!(records[3].deed, Deed::Consulted { with, opinion });
        assert_eq!(
            (records[0].organisation.as_str(), records[0].person.as_str()),
            ("industry", "张三")
        );
        assert_journal(db).await;
    })
    .await;
}

/// Each record of the whole way has its line.
async fn assert_journal(db: &Database) {
    let lines = journal_of(db).await;
    let lines: Vec<_> = lines
        .iter()
        .map(|(act, times)| (act.as_str(), *times))
        .collect();
    let expected = [
        ("targets.adjust", 1),
        ("targets.approve", 1),
        ("targets.consult", 2),
        ("targets.issue", 1),
        ("targets.measure", 1),
    ];
    assert_eq!(lines, expected);
}

#[tokio::test]
async fn counties_share_what_their_area_was_issued() {
    let pack = pack();
    on_each_database("counties", async |db| {
        let luoyang = (2022, LUOYANG);
        assert_eq!(
            in_force(db, &pack, 2022).await.len(),
            18,
            "areas, by the pack"
        );
        let split = all(
            db,
            &pack,
            luoyang,
            &[Wish::Measure(230), CONSULT, APPROVE, ISSUE],
        )
        .await;
        let targets = in_force(db, &pack, 2022).await;
        assert_eq!(targets.len(), 18 + split.shares.len());
        let sum: u32 = split.shares.iter().map(|(code, _)| targets[code]).sum();
        assert_eq!((sum, targets[&LUOYANG]), (230, 230));

        let (province, luoyang) = ((2028, PROVINCE), (2028, LUOYANG));
        all(db, &pack, province, &[MEASURE, CONSULT, APPROVE, ISSUE]).await;
        all(db, &pack, luoyang, &[Wish::Measure(230), CONSULT, APPROVE]).await;
        // The province issues anew while the area is still about its counties.
        let moved = [(LUOYANG, 240), (410100, 300)];
        let anew = [MEASURE, CONSULT, Wish::Adjust(&moved, "因"), APPROVE, ISSUE];
        all(db, &pack, province, &anew).await;
        let refusal = wish(db, &pack, luoyang, ISSUE)
            .await
            .expect_err("another total");
        assert!(
            refusal.to_string().contains("为240家，分解总数230家"),
            "{refusal}"
        );
        let again = [Wish::Measure(240), CONSULT, APPROVE, ISSUE];
        assert_eq!(all(db, &pack, luoyang, &again).await.edition, 2);
        assert_eq!(in_force(db, &pack, 2028).await[&LUOYANG], 240);
        // And once more: the counties' shares of the old target do not count.
        let third = all(db, &pack, province, &[MEASURE, CONSULT, APPROVE, ISSUE]).await;
        assert_eq!(third.edition, 3);
        let targets = in_force(db, &pack, 2028).await;
        assert_eq!((targets[&LUOYANG], targets.len()), (230, 18));
    })
    .await;
}

#[tokio::test]
async fn an_area_acts_on_its_own_targets_only() {
    let pack = pack();
    on_each_database("competence", async |db| {
        let cases = [
            (Organisation::Area(LUOYANG), 2022, LUOYANG, 230, true),
            (Organisation::Area(410100), 2022, LUOYANG, 230, false),
            (Organisation::County(410305), 2022, LUOYANG, 230, false),
            (Organisation::Area(LUOYANG), 2029, PROVINCE, 2500, false),
            (
                Organisation::Agency("industry".to_string()),
                2029,
                PROVINCE,
                2500,
                true,
            ),
        ];
        for (actor, year, division, total, may) in cases {
            let tx = db.begin_writing().await.expect("a transaction");
            let (bases, by) = (bases(&pack, division), act_of(actor.clone()));
            let outcome = measure(&tx, &pack, year, division, total, &bases, &by).await;
            let outcome = outcome.expect("the database");
            let refused = matches!(outcome, Err(TargetRefusal::NotCompetent { .. }));
            assert_eq!(
                (outcome.is_ok(), refused),
                (may, !may),
                "{actor:?} {division}"
            );
        }
    })
    .await;
}
