//! Dividing a total among divisions by their bases: largest remainders, in whole units.
//!
//! Exact integers throughout. It knows codes and numbers; who may divide what, and what
//! becomes of the shares, is the business of `workflow`.
//!
//! 2,500 among the areas in tens: 郑州's 2,517 of 20,300 firms are 30.998 of 250 units,
//! so 30 and, by the largest remainder of all, one more: 310 firms.

use rules::pack::divisions::DivisionCode;
use std::cmp::Reverse;

/// A total, divided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allocation {
    /// In order of codes; the counts add up to the total.
    pub shares: Vec<Share>,
    /// Where remainders were equal and not all of them could be served: who received the
    /// unit, and who by the same right might have.
    pub ties: Vec<(DivisionCode, DivisionCode)>,
}

/// What one division received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    pub division: DivisionCode,
    pub base: u64,
    /// A whole multiple of the unit.
    pub count: u32,
    /// The share before rounding, in firms: total × base over the sum of bases.
    pub exact: (u128, u128),
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AllocationRefusal {
    #[error("目标总数为0，没有可分配的家数；请给出大于0的总数")]
    NoTotal,
    #[error("目标总数{total}不是{unit}的整数倍；请改为{}", nearest(*total, *unit))]
    NotMultiple { total: u32, unit: u32 },
    #[error("没有可分配的地区；请核对区划")]
    NoDivisions,
    #[error("各地基数全部为0，无法测算；请先导入统计部门的确认名单（shenggui import confirmed）")]
    NoBases,
    #[error("区划{0:06}的基数出现两次；请只保留一个")]
    Repeated(DivisionCode),
}

impl Allocation {
    /// The counts alone, in order of codes.
    pub fn counts(&self) -> Vec<(DivisionCode, u32)> {
        self.shares
            .iter()
            .map(|share| (share.division, share.count))
            .collect()
    }
}

impl Share {
    /// The share before rounding in hundredths of a firm, rounded down: for reading only.
    pub fn exact_hundredths(&self) -> u128 {
        self.exact.0 * 100 / self.exact.1
    }
}

/// Divides `total` in whole multiples of `unit` in proportion to the bases: every division
/// its whole units, the rest by largest remainder. Equal remainders: the larger base first,
/// then the smaller code.
///
/// # Errors
/// Where there is nothing to divide or nothing to divide by.
pub fn allocate(
    total: u32,
    unit: u32,
    bases: &[(DivisionCode, u64)],
) -> Result<Allocation, AllocationRefusal> {
    assert!(unit > 0, "a pack's unit was checked when it was read");
    let mut bases = bases.to_vec();
    bases.sort_unstable();
    check(total, unit, &bases)?;
    let units = u128::from(total / unit);
    let sum: u128 = bases.iter().map(|(_, base)| u128::from(*base)).sum();
    let floor = |base: u64| units * u128::from(base) / sum;
    let remainder = |base: u64| units * u128::from(base) % sum;
    let mut ranking: Vec<usize> = (0..bases.len()).collect();
    // Stable, and the bases stand in order of codes: equal in both, the smaller code wins.
    ranking.sort_by_key(|place| {
        let base = bases[*place].1;
        Reverse((remainder(base), base))
    });
    let whole: u128 = bases.iter().map(|(_, base)| floor(*base)).sum();
    let (served, unserved) = ranking.split_at((units - whole) as usize);
    let shares = bases.iter().enumerate().map(|(place, (division, base))| {
        let count = (floor(*base) + u128::from(served.contains(&place))) * u128::from(unit);
        Share {
            division: *division,
            base: *base,
            count: u32::try_from(count).expect("no share exceeds the total"),
            exact: (u128::from(total) * u128::from(*base), sum),
        }
    });
    let shares: Vec<Share> = shares.collect();
    let allotted: u64 = shares.iter().map(|share| u64::from(share.count)).sum();
    assert_eq!(allotted, u64::from(total), "shares add up to the total");
    let mut ties = Vec::new();
    if let (Some(last), Some(next)) = (served.last(), unserved.first()) {
        let cut = remainder(bases[*last].1);
        if cut == remainder(bases[*next].1) {
            let equal = |place: &&usize| remainder(bases[**place].1) == cut;
            for winner in served.iter().filter(equal) {
                for loser in unserved.iter().filter(equal) {
                    ties.push((bases[*winner].0, bases[*loser].0));
                }
            }
        }
    }
    Ok(Allocation { shares, ties })
}

/// `bases` in order of codes.
fn check(total: u32, unit: u32, bases: &[(DivisionCode, u64)]) -> Result<(), AllocationRefusal> {
    if total == 0 {
        return Err(AllocationRefusal::NoTotal);
    }
    if !total.is_multiple_of(unit) {
        return Err(AllocationRefusal::NotMultiple { total, unit });
    }
    if bases.is_empty() {
        return Err(AllocationRefusal::NoDivisions);
    }
    if let Some(pair) = bases.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Err(AllocationRefusal::Repeated(pair[0].0));
    }
    if bases.iter().all(|(_, base)| *base == 0) {
        return Err(AllocationRefusal::NoBases);
    }
    Ok(())
}

/// “2500或2510”: the multiples beside a total.
fn nearest(total: u32, unit: u32) -> String {
    let below = total / unit * unit;
    let above = u64::from(below) + u64::from(unit);
    match below {
        0 => above.to_string(),
        _ => format!("{below}或{above}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Domain §7.1: area, target of 2022, base implied by it.
    const AREAS_2022: [(DivisionCode, u32, u64); 18] = [
        (410100, 310, 2517),
        (410200, 130, 1056),
        (410300, 230, 1868),
        (410400, 110, 893),
        (410500, 100, 812),
        (410600, 50, 406),
        (410700, 170, 1380),
        (410800, 140, 1137),
        (410900, 90, 731),
        (411000, 200, 1624),
        (411100, 70, 568),
        (411200, 50, 406),
        (411300, 200, 1624),
        (411400, 170, 1380),
        (411500, 150, 1218),
        (411600, 160, 1299),
        (411700, 140, 1137),
        (419001, 30, 244),
    ];

    #[test]
    fn the_table_of_2022_comes_out_of_its_bases() {
        let bases: Vec<_> = AREAS_2022.map(|(code, _, base)| (code, base)).to_vec();
        let allocation = allocate(2500, 10, &bases).expect("an allocation");
        let table = AREAS_2022.map(|(code, target, _)| (code, target)).to_vec();
        assert_eq!(allocation.counts(), table);
        assert_eq!(allocation.ties, []);
    }

    type Bases = &'static [(DivisionCode, u64)];
    type Counts = &'static [u32];
    type Ties = &'static [(DivisionCode, DivisionCode)];

    fn check_case(name: &str, total: u32, unit: u32, bases: &[u64], counts: Counts, ties: Ties) {
        let bases: Vec<_> = (1..).zip(bases.iter().copied()).collect();
        let allocation = allocate(total, unit, &bases).expect(name);
        let given: Vec<u32> = allocation.shares.iter().map(|share| share.count).collect();
        assert_eq!(
            (given.as_slice(), allocation.ties.as_slice()),
            (counts, ties),
            "{name}"
        );
    }

    #[test]
    fn small_cases_worked_by_hand() {
        check_case("no rest", 30, 10, &[1, 2], &[10, 20], &[]);
        check_case(
            "the largest remainder",
            10,
            1,
            &[33, 33, 34],
            &[3, 3, 4],
            &[],
        );
        check_case(
            "equal bases: the smaller code",
            1,
            1,
            &[5, 5],
            &[1, 0],
            &[(1, 2)],
        );
        // Quotas 0.5 and 1.5.
        check_case("the larger base", 2, 1, &[1, 3], &[0, 2], &[(2, 1)]);
        // Quotas 0.75, 0.75 and 0.5.
        check_case("equals all served", 2, 1, &[3, 3, 2], &[1, 1, 0], &[]);
        check_case(
            "one unit, three alike",
            10,
            10,
            &[7, 7, 7],
            &[10, 0, 0],
            &[(1, 2), (1, 3)],
        );
        check_case(
            "two units, three alike",
            20,
            10,
            &[7, 7, 7],
            &[10, 10, 0],
            &[(1, 3), (2, 3)],
        );
        check_case("no base, no share", 10, 1, &[0, 3, 4], &[0, 4, 6], &[]);
        check_case("one division", 7, 1, &[1], &[7], &[]);
        check_case(
            "bases of any size",
            3,
            1,
            &[u64::MAX, u64::MAX],
            &[2, 1],
            &[(1, 2)],
        );
    }

    #[test]
    fn what_cannot_be_divided_is_refused() {
        use AllocationRefusal::*;
        let two: Bases = &[(1, 1), (2, 1)];
        let cases: [(u32, Bases, AllocationRefusal, &str); 6] = [
            (0, two, NoTotal, "大于0"),
            (
                2505,
                two,
                NotMultiple {
                    total: 2505,
                    unit: 10,
                },
                "请改为2500或2510",
            ),
            (9, two, NotMultiple { total: 9, unit: 10 }, "请改为10"),
            (10, &[], NoDivisions, "区划"),
            (10, &[(1, 0), (2, 0)], NoBases, "import confirmed"),
            (10, &[(2, 1), (1, 1), (2, 5)], Repeated(2), "000002"),
        ];
        for (total, bases, refusal, advice) in cases {
            assert!(refusal.to_string().contains(advice), "{refusal}");
            assert_eq!(allocate(total, 10, bases), Err(refusal));
        }
    }

    /// Tries every way to divide: the least sum of squared distances from the quotas; among
    /// equals, the one that serves the larger base, then the smaller code.
    fn oracle(units: u32, bases: &[(DivisionCode, u64)]) -> Vec<(DivisionCode, u32)> {
        let mut order = bases.to_vec();
        order.sort_by_key(|(code, base)| (Reverse(*base), *code));
        let sum: i128 = order.iter().map(|(_, base)| i128::from(*base)).sum();
        let mut ways: Vec<Vec<u32>> = vec![Vec::new()];
        for _ in &order {
            ways = ways
                .iter()
                .flat_map(|way| (0..=units).map(move |count| [way.as_slice(), &[count]].concat()))
                .collect();
        }
        let distance = |way: &Vec<u32>| -> i128 {
            let each = way.iter().zip(&order).map(|(count, (_, base))| {
                let off = i128::from(*count) * sum - i128::from(units) * i128::from(*base);
                off * off
            });
            each.sum()
        };
        ways.retain(|way| way.iter().sum::<u32>() == units);
        ways.sort_by_key(|way| (distance(way), Reverse(way.clone())));
        let codes = order.iter().map(|(code, _)| *code);
        let mut best: Vec<_> = codes.zip(ways[0].iter().copied()).collect();
        best.sort_unstable();
        best
    }

    fn few_bases() -> impl Strategy<Value = Vec<(DivisionCode, u64)>> {
        let bases = prop::collection::vec(0u64..8, 1..5);
        let some = bases.prop_filter("one base", |bases| bases.iter().any(|base| *base > 0));
        some.prop_map(|bases| (1..).zip(bases).collect())
    }

    proptest! {
        #[test]
        fn no_other_division_is_nearer(bases in few_bases(), units in 1u32..7, unit in 1u32..11) {
            let allocation = allocate(units * unit, unit, &bases).expect("an allocation");
            let expected = oracle(units, &bases).into_iter();
            let expected: Vec<_> = expected.map(|(code, count)| (code, count * unit)).collect();
            prop_assert_eq!(allocation.counts(), expected);
        }

        #[test]
        fn shares_add_up_and_keep_within_a_unit_of_the_quota(
            bases in prop::collection::btree_map(410_000u32..420_000, 0u64..100_000, 1..40),
            units in 1u32..100_000,
            unit in 1u32..100,
            turn in 0usize..40,
        ) {
            prop_assume!(bases.values().any(|base| *base > 0));
            let mut bases: Vec<_> = bases.into_iter().collect();
            let total = units * unit;
            let allocation = allocate(total, unit, &bases).expect("an allocation");
            let sum: u64 = allocation.shares.iter().map(|share| u64::from(share.count)).sum();
            prop_assert_eq!(sum, u64::from(total));
            for share in &allocation.shares {
                let (part, of) = share.exact;
                let given = u128::from(share.count) * of;
                prop_assert!(given.abs_diff(part) < u128::from(unit) * of, "{share:?}");
                prop_assert!(share.count.is_multiple_of(unit));
                prop_assert!(share.base > 0 || share.count == 0);
            }
            let length = bases.len();
            bases.rotate_left(turn % length);
            bases.reverse();
            prop_assert_eq!(allocate(total, unit, &bases), Ok(allocation));
        }
    }
}
