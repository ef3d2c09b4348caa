//! Progress counted from delivered lists.

use super::world::{Firm, JIYUAN, LUOYANG, PROVINCE, World, code, files, month, pack, stay};
use programme::CAPABILITIES;
use programme::targets::progress::{DivisionProgress, Progress, Standing, bases_from, progress};
use rules::pack::Pack;
use rules::pack::divisions::DivisionCode;
use std::collections::BTreeMap;

const JIANXI: DivisionCode = 410305;
const NOWHERE: Option<DivisionCode> = None;

fn firm(number: u32, place: Option<DivisionCode>, stays: &[&str]) -> Firm {
    Firm {
        uscc: code(place.unwrap_or(LUOYANG), number),
        place,
        predecessor: None,
        stays: stays.iter().map(|text| stay(text)).collect(),
    }
}

/// Progress after one list of all firms, of the month counted.
async fn counted(pack: &Pack, firms: &[Firm], as_of: &str) -> Progress {
    let (mut world, as_of) = (World::new(pack).await, month(as_of));
    world.register(firms).await;
    world.confirm(as_of, None, firms).await;
    let (snapshot, book) = (world.firms(as_of).await, world.book(as_of).await);
    progress(pack, &snapshot, &book, &BTreeMap::new(), as_of)
}

/// “410300 2=1+1 left 1 in 2 before 0”: entered = first + returned.
fn in_words(name: &str, row: &DivisionProgress) -> String {
    format!(
        "{name} {}={}+{} left {} in {} before {}",
        row.entered, row.first, row.returned, row.left, row.in_scale, row.entered_year_before
    )
}

/// Every row that has a number.
fn rows(progress: &Progress) -> Vec<String> {
    let name = |row: &DivisionProgress| {
        row.division
            .map_or("unknown".to_string(), |code| code.to_string())
    };
    let mut found = vec![in_words("province", &progress.province)];
    for area in &progress.areas {
        found.push(in_words(&name(&area.area), &area.area));
        let counties = area.counties.iter();
        found.extend(counties.map(|row| in_words(&format!("  {}", name(row)), row)));
    }
    found.extend(
        progress
            .unplaced
            .iter()
            .map(|row| in_words("unplaced", row)),
    );
    found.retain(|row| !row.ends_with("0=0+0 left 0 in 0 before 0"));
    found
}

#[tokio::test]
async fn firms_count_where_they_produce() {
    let mut renamed = firm(7, Some(JIANXI), &["2026-06m"]);
    renamed.predecessor = Some(code(LUOYANG, 8));
    let mut stranger = firm(9, NOWHERE, &["2026-04"]);
    stranger.uscc = code(110105, 9);
    let firms = [
        firm(1, Some(JIANXI), &["2026-03"]),
        firm(2, Some(JIANXI), &["2019-01..2021-11", "2026-05m"]),
        firm(3, Some(LUOYANG), &["2018-02..2026-02"]),
        firm(4, Some(JIYUAN), &["2025-09m"]),
        // Not in the register: counts for the area in its code.
        firm(5, NOWHERE, &["2026-09"]),
        // After the month counted.
        firm(6, Some(JIANXI), &["2026-10", "2025-10..2026-10"]),
        renamed,
        firm(8, NOWHERE, &["2020-01..2026-06"]),
        stranger,
    ];
    let expected = [
        // The new code of firm 8 is neither an entry nor its old one an exit.
        "province 4=3+1 left 1 in 7 before 1",
        "410300 3=2+1 left 1 in 5 before 0",
        "  410305 2=1+1 left 0 in 4 before 0",
        "  unknown 1=1+0 left 1 in 1 before 0",
        "419001 0=0+0 left 0 in 1 before 1",
        "unplaced 1=1+0 left 0 in 1 before 0",
    ];
    let progress = counted(&pack(), &firms, "2026-09").await;
    assert_eq!(rows(&progress), expected);
    assert_eq!(
        (progress.linear_percent, progress.expected_percent),
        (75, 40)
    );
    let jiyuan = progress.areas.last().expect("an area");
    assert_eq!(
        (jiyuan.area.division, jiyuan.counties.len()),
        (Some(JIYUAN), 0)
    );
    let bases = bases_from(&pack(), &progress, PROVINCE);
    assert_eq!(bases.len(), 18);
    assert!(bases.contains(&(LUOYANG, 5)) && bases.contains(&(JIYUAN, 1)));
    let counties = bases_from(&pack(), &progress, LUOYANG);
    assert!(counties.contains(&(JIANXI, 4)), "{counties:?}");
    assert_eq!(counties.iter().map(|(_, base)| base).sum::<u64>(), 4);
    assert_eq!(bases_from(&pack(), &progress, JIANXI), []);
}

#[tokio::test]
async fn every_division_appears_and_targets_add_up() {
    let pack = pack();
    let world = World::new(&pack).await;
    let as_of = month("2022-06");
    let (firms, book) = (
        programme::outlook::Firms::none(&pack),
        world.book(as_of).await,
    );
    let targets: BTreeMap<_, _> = pack.targets[0].areas.iter().copied().collect();
    let empty = progress(&pack, &firms, &book, &targets, as_of);
    assert_eq!((empty.areas.len(), empty.province.target), (18, Some(2500)));
    let counties: usize = empty.areas.iter().map(|area| area.counties.len()).sum();
    let known = pack
        .divisions
        .areas()
        .map(|area| pack.divisions.counties_of(area.code).count());
    assert_eq!(counties, known.sum::<usize>());
    assert_eq!(empty.standing, Standing::Preliminary);
    let none = progress(&pack, &firms, &book, &BTreeMap::new(), as_of);
    assert_eq!(none.province.target, None, "no target is invented");
}

#[tokio::test]
async fn annual_entries_count_back_where_the_pack_says_so() {
    let firms = [
        firm(1, Some(JIYUAN), &["2026-02"]),
        firm(2, Some(JIYUAN), &["2026-02m"]),
        firm(3, Some(JIYUAN), &["2026-03"]),
        firm(4, Some(JIYUAN), &["2025-02"]),
        firm(5, Some(JIYUAN), &["2025-12"]),
        firm(6, Some(JIYUAN), &["2024-11"]),
    ];
    // Month through which entries count back, month counted, entered, the year before.
    let cases = [
        (0, "2025-12", 2, 1),
        (0, "2026-02", 2, 1),
        (0, "2026-03", 3, 1),
        (2, "2025-12", 2, 2),
        (2, "2026-02", 1, 0),
        (2, "2026-03", 2, 0),
        (2, "2026-12", 2, 2),
        (3, "2026-12", 1, 3),
    ];
    let mut pack = pack();
    let mut world = World::new(&pack).await;
    world.register(&firms).await;
    world.confirm(month("2026-12"), None, &firms).await;
    for (through, as_of, entered, year_before) in cases {
        pack.progress.annual_entry_counts_back_through_month = through;
        let as_of = month(as_of);
        let (snapshot, book) = (world.firms(as_of).await, world.book(as_of).await);
        let found = progress(&pack, &snapshot, &book, &BTreeMap::new(), as_of).province;
        let found = (found.entered, found.entered_year_before);
        assert_eq!(found, (entered, year_before), "through {through}, {as_of}");
    }
}

#[tokio::test]
async fn figures_are_final_by_a_list_of_the_next_year() {
    let pack = pack();
    let firms = [firm(1, Some(JIYUAN), &["2026-02"])];
    let as_of = month("2026-12");
    let cases = [
        ("2026-12", None, Standing::Preliminary),
        ("2027-01", None, Standing::Preliminary),
        ("2027-02", Some(JIYUAN), Standing::Preliminary),
        ("2027-02", None, Standing::Final),
        ("2027-03", None, Standing::Final),
    ];
    for (list, region, standing) in cases {
        let mut world = World::new(&pack).await;
        world.register(&firms).await;
        world.confirm(month(list), region, &firms).await;
        let (snapshot, book) = (world.firms(as_of).await, world.book(month(list)).await);
        let found = progress(&pack, &snapshot, &book, &BTreeMap::new(), as_of);
        assert_eq!(found.standing, standing, "{list} {region:?}");
    }
}

#[tokio::test]
async fn a_nineteenth_area_needs_no_code() {
    let mut files = files();
    let divisions = files.0.get_mut("codes/divisions.csv").expect("divisions");
    divisions.push_str("419901,新设市,area,410000\n419902,新设县,county,419901\n");
    // It has no place on the map yet; a pack may do without one.
    files.0.remove("tiles.toml");
    let pack = Pack::check(files, CAPABILITIES).expect("a pack without findings");
    let firms = [firm(1, Some(419902), &["2026-02"])];
    let found = counted(&pack, &firms, "2026-03").await;
    assert_eq!(found.areas.len(), 19);
    let expected = [
        "province 1=1+0 left 0 in 1 before 0",
        "419901 1=1+0 left 0 in 1 before 0",
        "  419902 1=1+0 left 0 in 1 before 0",
    ];
    assert_eq!(rows(&found), expected);
}

/// Many firms anywhere, with up to two stays, drawn by a fixed seed.
fn many_firms(pack: &Pack) -> Vec<Firm> {
    let places: Vec<_> = pack.divisions.all().map(|division| division.code).collect();
    let mut seed = 20_260_930u64;
    let mut draw = |end: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 33) as usize % end
    };
    let start = month("2024-06");
    (0..1000)
        .map(|number| {
            let place = places[1 + draw(places.len() - 1)];
            let mut entered = start.plus(draw(24) as i32);
            let mut stays = vec![stay(&entered.to_string())];
            if draw(2) == 0 {
                let left = entered.plus(1 + draw(6) as i32);
                stays[0].left = Some(left);
                entered = left.plus(draw(8) as i32);
                if draw(2) == 0 {
                    stays.push(stay(&format!("{entered}m")));
                }
            }
            Firm {
                uscc: code(place, number),
                place: (draw(10) > 0).then_some(place),
                predecessor: None,
                stays,
            }
        })
        .collect()
}

#[tokio::test]
async fn rows_add_up_to_what_the_lists_say() {
    let pack = pack();
    let firms = many_firms(&pack);
    let as_of = month("2026-03");
    let found = counted(&pack, &firms, "2026-03").await;
    let sum = |rows: &mut dyn Iterator<Item = &DivisionProgress>| {
        rows.fold([0; 6], |sum, row| {
            let next = numbers(row);
            std::array::from_fn(|i| sum[i] + next[i])
        })
    };
    let areas = &mut found
        .areas
        .iter()
        .map(|area| &area.area)
        .chain(&found.unplaced);
    assert_eq!(sum(areas), numbers(&found.province));
    for area in found.areas.iter().filter(|area| !area.counties.is_empty()) {
        assert_eq!(sum(&mut area.counties.iter()), numbers(&area.area));
    }
    for row in found.areas.iter().map(|area| &area.area) {
        let own = firms.iter().filter(|firm| {
            let place = pack.divisions.place(firm.place.unwrap_or(registered(firm)));
            place.map(|place| place.area) == row.division
        });
        let mut expected = [0u32; 6];
        for stays in own.map(|firm| &firm.stays) {
            for (order, stay) in stays.iter().enumerate() {
                let entered =
                    |year: i32, until| stay.entered.year() == year && stay.entered <= until;
                let now = entered(2026, as_of);
                let left = stay.left.filter(|left| *left <= as_of);
                expected[0] += u32::from(now);
                expected[1] += u32::from(now && order == 0);
                expected[2] += u32::from(now && order == 1);
                expected[3] += u32::from(left.is_some_and(|left| left.year() == 2026));
                expected[4] += u32::from(stay.entered <= as_of && left.is_none());
                expected[5] += u32::from(entered(2025, as_of.plus(-12)));
            }
        }
        assert_eq!(numbers(row), expected, "{:?}", row.division);
    }
    assert!(
        found.province.returned > 10 && found.province.left > 10,
        "{found:?}"
    );
}

fn registered(firm: &Firm) -> DivisionCode {
    firm.uscc
        .registering_division()
        .parse()
        .expect("a division")
}

fn numbers(row: &DivisionProgress) -> [u32; 6] {
    [
        row.entered,
        row.first,
        row.returned,
        row.left,
        row.in_scale,
        row.entered_year_before,
    ]
}
