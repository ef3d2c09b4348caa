//! The order in which deliveries come in does not matter: every order of four gives the
//! same stages and the same facts of every firm.

mod desk;

use desk::blocks::Block;
use desk::scenario::given;
use desk::{Desk, Place};
use serde_json::Value;
use std::sync::atomic::{AtomicUsize, Ordering};

type Delivery = [&'static str; 3];

const QUARTER: [Delivery; 4] = [
    ["register", "名录2025-09.csv", "市场监管局"],
    ["tax", "税务2025-09.csv", "税务局"],
    ["power", "用电2025-09.xlsx", "省电力公司"],
    ["confirmed", "确认2025-09.xlsx", "统计局"],
];

/// Two lists of each kind that contradict each other in part.
const LISTS: [Delivery; 4] = [
    ["register", "名录2025-08.csv", "市场监管局"],
    ["register", "名录2025-09.csv", "市场监管局"],
    ["confirmed", "确认2025-08.csv", "统计局"],
    ["confirmed", "确认2025-09.xlsx", "统计局"],
];

/// Firms of which the two sets of deliveries say different things.
const FIRMS: [&str; 2] = ["91410329MA0000002C", "91411681MA0000011F"];

#[test]
fn deliveries_of_different_kinds_come_in_any_order() {
    check(&QUARTER);
}

#[test]
fn lists_of_different_months_come_in_any_order() {
    check(&LISTS);
}

/// Plays every order and compares all with the first.
fn check(deliveries: &[Delivery; 4]) {
    let orders = orders();
    let expected = outcome(deliveries, &orders[0]);
    let next = AtomicUsize::new(1);
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(order) = orders.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let found = outcome(deliveries, order);
                    assert_eq!(found, expected, "in the order {order:?}");
                }
            });
        }
    });
}

/// The twenty-four orders of four.
fn orders() -> Vec<[usize; 4]> {
    let numbers = (0..256).map(|n| [n / 64, n / 16 % 4, n / 4 % 4, n % 4]);
    let orders: Vec<[usize; 4]> = numbers
        .filter(|order| (0..4).all(|place| order.contains(&place)))
        .collect();
    assert_eq!(orders.len(), 24);
    orders
}

/// Stages, progress and firms after deliveries in one order.
fn outcome(deliveries: &[Delivery; 4], order: &[usize; 4]) -> Vec<Value> {
    let desk = Desk::new(&Place::File);
    given(&desk, "files");
    lay_august(&desk);
    desk.run(&["init"]).done();
    for place in order {
        let [kind, file, agency] = deliveries[*place];
        let received = ["--received", "2025-10-08"];
        let import = [&["import", kind, file, "--as", agency], &received[..]].concat();
        desk.run(&import).done();
    }
    desk.run(&["run", "--as-of", "2025-09", "--known-by", "2025-10-09"])
        .done();
    let stages = desk
        .run(&["--json", "outlook", "stages", "--as-of", "2025-09"])
        .done();
    let mut found = vec![stages.json()["stages"].clone()];
    for uscc in FIRMS {
        let firm = desk.run(&["--json", "firm", uscc]).done().json();
        found.push(without_batches(firm));
    }
    found
}

/// Numbers of batches do differ: “第3批次” becomes “第…批次”.
fn without_batches(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(without_number(&text)),
        Value::Array(values) => values.into_iter().map(without_batches).collect(),
        Value::Object(entries) => {
            let kept = entries
                .into_iter()
                .map(|(key, value)| (key, without_batches(value)));
            Value::Object(kept.collect())
        }
        other => other,
    }
}

fn without_number(text: &str) -> String {
    let Some((before, rest)) = text.split_once('第') else {
        return text.to_string();
    };
    match rest.split_once("批次") {
        Some((number, after)) if number.parse::<u32>().is_ok() => format!("{before}第…批次{after}"),
        _ => text.to_string(),
    }
}

/// In August 伊川兴达 was called otherwise and produced elsewhere, a firm was in the
/// register that has gone since, and 项城纺织 was thought to have left.
fn lay_august(desk: &Desk) {
    let lay = |head: &str, lines: &[&str]| {
        let (block, name) = Block::read(head).expect("a block");
        let lines: Vec<String> = lines.iter().map(|line| line.to_string()).collect();
        block.write(desk.folder(), &name, &lines);
    };
    lay(
        "file 名录2025-08.csv",
        &[
            "统一社会信用代码,企业名称,生产经营地,行业代码,成立时间",
            "91410329MA0000002C,洛阳兴达轴承厂,新安县,3452,2018-06-12",
            "91411681MA0000011F,项城纺织服装有限公司,项城市,1819,2011-11-11",
        ],
    );
    lay(
        "file 确认2025-08.csv",
        &[
            "统一社会信用代码,单位名称,入库时间,入库类型,退库时间,退库原因",
            "91411681MA0000011F,项城纺织服装有限公司,2018-12,年度,2025-07,停产",
            "91410329MA0000002C,洛阳兴达轴承厂,2017-12,年度,2019-05,规下",
        ],
    );
}
