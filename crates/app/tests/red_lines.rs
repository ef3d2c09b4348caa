//! Red line 4: what agencies get of warned firms holds no figure of a firm and no points.
//!
//! Firms with figures that nothing else looks like are delivered, warned of and handed on to
//! every agency of the pack; whatever comes out is searched, also inside archives.

mod desk;

#[path = "red_lines/routes.rs"]
mod routes;

use desk::blocks::Block;
use desk::{Desk, Place};
use programme::database::Database;
use programme::people::accounts;
use programme::people::sessions::{self, Means, Session, Stage, hash_of_token};
use std::fs::File;
use std::io::Read;
use std::path::Path;

const AREA: &str = "410300";
/// Firms of one county: the first has stopped, the others sell less.
const FIRMS: [&str; 4] = [
    "91410329MA0000002C",
    "91410329MA0000021B",
    "91410329MA0000022E",
    "91410329MA0000023H",
];
/// Who may see more: by law, or because the figures are theirs.
const BEYOND: [&str; 2] = ["statistics", "tax"];
/// Who lends or guarantees sees no firm but those of lists that were issued to it.
const LENDERS: [&str; 5] = [
    "zhongyuan-bank",
    "re-guarantor",
    "finance-sharing-platform",
    "credit-platform",
    "finance-cloud",
];
const MONTHS: usize = 24;

/// Sales of a firm in a month, in fen: digits that occur nowhere else.
fn sales_fen(firm: usize, month: usize) -> i64 {
    let falls = if month < MONTHS / 2 { 2 } else { 1 };
    (falls * 137_913_573 + 791_317 * firm as i64 + 17 * month as i64) * 10 + 3
}

fn power(firm: usize, month: usize) -> i64 {
    match firm == 0 && month + 3 >= MONTHS {
        true => 0,
        false => 7_913_571 + 1_117 * firm as i64 + month as i64,
    }
}

fn persons(firm: usize, month: usize) -> i64 {
    let falls = if month < MONTHS / 2 { 2 } else { 1 };
    falls * 7_793 + 113 * firm as i64
}

fn month(index: usize) -> String {
    format!("{}-{:02}", 2023 + (index + 9) / 12, (index + 9) % 12 + 1)
}

/// Everything that would betray a figure, as programs and people write it.
fn betraying() -> Vec<String> {
    let mut counts: Vec<i64> = Vec::new();
    for firm in 0..FIRMS.len() {
        let months = 0..MONTHS;
        counts.extend(months.clone().map(|month| power(firm, month)));
        counts.extend(months.map(|month| persons(firm, month)));
    }
    let mut found = sales_of(0..FIRMS.len());
    for count in counts.into_iter().filter(|count| *count > 0) {
        found.extend([count.to_string(), grouped(count)]);
    }
    found.sort();
    found.dedup();
    found
}

/// The same of what firms sold, which is the tax authority's alone.
fn sales_of(firms: std::ops::Range<usize>) -> Vec<String> {
    let mut money: Vec<i64> = Vec::new();
    for firm in firms {
        let own: Vec<i64> = (0..MONTHS).map(|month| sales_fen(firm, month)).collect();
        let (before, lately) = own.split_at(MONTHS / 2);
        money.extend([before.iter().sum::<i64>(), lately.iter().sum()]);
        money.extend(own);
    }
    let mut found = Vec::new();
    for fen in money {
        let yuan = fen / 100;
        // Half a ten-thousandth up or down: whichever way it is rounded.
        let tenths = [yuan / 1_000, yuan / 1_000 + 1];
        found.extend([fen.to_string(), yuan.to_string(), grouped(yuan)]);
        for tenth in tenths {
            found.push(format!("{}.{}", tenth / 10, tenth % 10));
            found.push(format!("{}.{}", grouped(tenth / 10), tenth % 10));
        }
    }
    found.sort();
    found.dedup();
    found
}

fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let places = digits.len();
    let symbols = digits.chars().enumerate();
    let put = symbols.map(
        |(at, digit)| match at > 0 && (places - at).is_multiple_of(3) {
            true => format!(",{digit}"),
            false => digit.to_string(),
        },
    );
    put.collect()
}

fn world() -> Desk {
    let desk = Desk::new(&Place::File);
    let lay = |block: Block, name: &str, lines: Vec<String>| {
        block.write(desk.folder(), name, &lines);
    };
    let text = || Block::Text {
        encoding: "utf-8".to_string(),
    };
    let rows = |head: &str, row: &dyn Fn(usize, &str) -> String| -> Vec<String> {
        let firms = FIRMS.iter().enumerate();
        let rows = firms.map(|(firm, code)| row(firm, code));
        std::iter::once(head.to_string()).chain(rows).collect()
    };
    desk.run(&["init"]).done();
    let import = |kind: &str, file: &str, agency: &str| {
        let received = ["--received", "2025-10-08"];
        let words = ["import", kind, file, "--as", agency];
        desk.run(&[&words[..], &received].concat()).done();
    };
    let register = "统一社会信用代码,企业名称,生产经营地县（市、区）,详细地址,行业代码,成立时间,投产时间,从业人数";
    let row = |firm: usize, code: &str| {
        format!(
            "{code},伊川示例{}有限公司,伊川县,鸦岭镇,3451,2018-06-12,2019-03,96",
            "甲乙丙丁".chars().nth(firm).expect("a sign")
        )
    };
    lay(text(), "名录.csv", rows(register, &row));
    import("register", "名录.csv", "市场监管局");
    for at in 0..MONTHS {
        let compact = month(at).replace('-', "");
        let head = "纳税人识别号,纳税人名称,所属期,应税销售额（元）,入库税额（元）";
        let row = |firm: usize, code: &str| {
            let fen = sales_fen(firm, at);
            format!("{code},示例,{compact},{}.{:02},0.00", fen / 100, fen % 100)
        };
        let file = format!("税务{compact}.csv");
        lay(text(), &file, rows(head, &row));
        import("tax", &file, "税务局");
    }
    for at in [0, MONTHS - 3, MONTHS - 2, MONTHS - 1] {
        let title = |what: &str| format!("[{what}]\n{what}（{}）", month_in_words(at));
        let mut sheet: Vec<String> = title("用电").split('\n').map(str::to_string).collect();
        let row = |firm: usize, code: &str| format!("{code},'04100{firm},示例,{}", power(firm, at));
        sheet.extend(rows(
            "统一社会信用代码,用户编号,用户名称,用电量（千瓦时）",
            &row,
        ));
        let file = format!("用电{at}.xlsx");
        lay(Block::Workbook, &file, sheet);
        import("power", &file, "省电力公司");
        let mut sheet: Vec<String> = title("参保").split('\n').map(str::to_string).collect();
        let row = |firm: usize, code: &str| format!("{code},示例,{},1.00", persons(firm, at));
        sheet.extend(rows(
            "单位社会信用代码,单位名称,参保人数,缴费基数（元）",
            &row,
        ));
        let file = format!("社保{at}.xlsx");
        lay(Block::Workbook, &file, sheet);
        import("insurance", &file, "人社局");
    }
    let head = "[在库名单]\n规模以上工业企业名单\n截至2025年9月\n统一社会信用代码,单位详细名称,入库时间,入库类型,退库时间,退库原因";
    let mut sheet: Vec<String> = head.split('\n').map(str::to_string).collect();
    let row = |_: usize, code: &str| format!("{code},示例,2022年12月,年度,,");
    sheet.extend(rows("", &row).into_iter().skip(1));
    lay(Block::Workbook, "确认.xlsx", sheet);
    import("confirmed", "确认.xlsx", "统计局");
    let run = ["run", "--as-of", "2025-09", "--known-by", "2025-10-09"];
    desk.run(&run).done();
    desk
}

fn month_in_words(at: usize) -> String {
    let month = month(at);
    let (year, number) = month.split_once('-').expect("a month");
    format!("{year}年{}月", number.trim_start_matches('0'))
}

/// What a reader was given, with a name to call it by.
struct Given(Vec<(String, String)>);

impl Given {
    fn ask(&mut self, desk: &Desk, words: &[&str]) {
        let json = desk.run(&[&["--json"], words].concat()).done();
        self.0.push((words.join(" "), json.stdout));
    }

    /// The file as it is, and every part of the archive that it is.
    fn file(&mut self, path: &Path) {
        let mut archive =
            zip::ZipArchive::new(File::open(path).expect("a file")).expect("an archive");
        for index in 0..archive.len() {
            let mut part = archive.by_index(index).expect("a part");
            let mut bytes = Vec::new();
            part.read_to_end(&mut bytes).expect("unpacked");
            let name = format!("{}: {}", path.display(), part.name());
            self.0
                .push((name, String::from_utf8_lossy(&bytes).into_owned()));
        }
    }

    fn check(&self, betraying: &[String]) {
        for code in FIRMS {
            assert!(self.0.iter().any(|(_, text)| text.contains(code)), "{code}");
        }
        for (name, text) in &self.0 {
            for figure in betraying {
                assert!(
                    !text.contains(figure.as_str()),
                    "{name} holds {figure}:\n{text}"
                );
            }
            for word in ["points", "积分\"", "分值"] {
                assert!(!text.contains(word), "{name} says “{word}”:\n{text}");
            }
        }
    }
}

#[test]
fn no_agency_gets_a_figure_of_a_warned_firm() {
    let desk = world();
    let betraying = betraying();
    let agencies = desk.run(&["--json", "people"]).done().json();
    let agencies = agencies["agencies"].as_array().expect("agencies").clone();
    let names = agencies
        .iter()
        .map(|own| own["id"].as_str().expect("an id"));
    let names = names.filter(|id| !BEYOND.contains(id) && !LENDERS.contains(id));
    let names: Vec<&str> = names.chain(["洛阳市", "伊川县"]).collect();
    assert!(names.len() > 20, "{names:?}");
    for lender in LENDERS {
        let card = desk.run(&["outlook", "card", FIRMS[0], "--as", lender]);
        assert_eq!(card.code, Some(1), "{lender} sees a firm: {}", card.stdout);
    }
    for (number, name) in names.iter().enumerate() {
        let id = (number + 1).to_string();
        let folder = format!("移交{id}");
        let mut given = Given(Vec::new());
        given.ask(&desk, &["outlook", "warnings", "--as", name]);
        given.ask(&desk, &["outlook", "card", FIRMS[0], "--as", name]);
        given.ask(&desk, &["outlook", "landing", FIRMS[0], "--as", name]);
        let hand = [
            "outlook",
            "hand-over",
            "--level",
            "红色,橙色,黄色",
            "--area",
            AREA,
            "--to",
            name,
            "--purpose",
            "上门帮扶",
            "--as",
            "统计局",
            "--by",
            "李明",
            "--out",
            &folder,
        ];
        given.ask(&desk, &hand);
        given.ask(&desk, &["outlook", "hand-over-list", &id, "--as", name]);
        let entries = std::fs::read_dir(desk.path(&folder)).expect("the files");
        let mut count = 0;
        for entry in entries {
            given.file(&entry.expect("a file").path());
            count += 1;
        }
        assert_eq!(count, 2, "a workbook and a letter");
        if number == 0 || number + 1 == names.len() {
            given.ask(&desk, &["outlook", "follow-ups", "--as", name]);
            given.ask(&desk, &["outlook", "follow-up", FIRMS[0], "--as", name]);
        }
        given.check(&betraying);
    }
    let mut shown = Given(Vec::new());
    shown.0.extend(pages(&desk));
    shown.check(&betraying);
    check_that_figures_would_be_found(&desk, &betraying);
}

/// Where figures may be seen, the same search finds them.
fn check_that_figures_would_be_found(desk: &Desk, betraying: &[String]) {
    let card = |reader: &[&str]| {
        let words = ["outlook", "card", FIRMS[1], "--purpose", "核对预警"];
        desk.run(&[&words[..], reader].concat()).done().stdout
    };
    let finds = |text: &str| {
        betraying
            .iter()
            .any(|figure| text.contains(figure.as_str()))
    };
    assert!(finds(&card(&["--as", "税务局"])), "tax sees its figures");
    assert!(finds(&card(&["--self"])), "the firm sees its figures");
    let landing = [
        "outlook",
        "landing",
        FIRMS[1],
        "--as",
        "税务局",
        "--purpose",
        "核对落点",
    ];
    assert!(finds(&desk.run(&landing).done().stdout), "tax sees the way");
    let statistics = card(&["--as", "统计局"]);
    assert!(!finds(&statistics), "tax figures are bands for statistics");
    assert!(statistics.contains("积分"), "{statistics}");
}

/// The page of warned firms, for people and for programs, as an area and as the industry
/// department see it.
fn pages(desk: &Desk) -> Vec<(String, String)> {
    let posts = [("industry", "office"), (AREA, "area")];
    let tokens = signed_in(desk, &posts);
    let served = desk.serve(&[]);
    let visit = served.visit();
    let address = format!("/outlook/warnings?division={AREA}");
    let mut pages = Vec::new();
    for token in &tokens {
        let cookie = format!("shenggui-session={token}");
        for accept in ["text/html", "application/json"] {
            let heads = [("Accept", accept), ("Cookie", cookie.as_str())];
            let reply = visit.ask("GET", &address, &heads, b"").expect("an answer");
            assert_eq!(reply.status, 200, "{}", reply.text());
            pages.push((format!("page as {accept}"), reply.text()));
        }
    }
    pages
}

/// Whatever address is asked, by whom they do not belong to: no figure of taxes comes.
#[test]
fn no_address_gives_a_figure_of_taxes_to_others() {
    let desk = world();
    let hand = "outlook hand-over --level 红色,橙色,黄色 --area 410300 --to industry \
                --purpose 帮扶 --as 统计局 --by 李明";
    desk.run(&hand.split_whitespace().collect::<Vec<_>>())
        .done();
    let own = [(FIRMS[0], "enterprise"), ("tax", "department")];
    let tokens = signed_in(&desk, &[&routes::POSTS[..], &own[..]].concat());
    let served = routes::serve(&desk);
    let visit = |number: usize| routes::visit(&served, &tokens[number]);
    let all = sales_of(0..FIRMS.len());
    let mut found = Vec::new();
    let mut look = |who: &str, given: Vec<(String, String)>, betraying: &[String]| {
        let is_open = given.iter().any(|(asked, _)| asked.ends_with(": 200"));
        assert!(is_open, "{who} gets nothing at all");
        for (asked, text) in given {
            if let Some(figure) = betraying.iter().find(|own| text.contains(own.as_str())) {
                found.push(format!("{who} gets {figure} by {asked}"));
            }
        }
    };
    for (number, (organisation, role)) in routes::POSTS.iter().enumerate() {
        let given = routes::given(&visit(number));
        look(&format!("{organisation} {role}"), given, &all);
    }
    // A firm sees its own figures and nobody else's.
    let [firm, tax] = [routes::POSTS.len(), routes::POSTS.len() + 1];
    let others = sales_of(1..FIRMS.len());
    look("a firm", routes::given_to_a_firm(&visit(firm)), &others);
    assert!(found.is_empty(), "{}", found.join("\n"));
    for (asked, text) in routes::figures_of_tax(&visit(tax)) {
        let is_found = all.iter().any(|figure| text.contains(figure.as_str()));
        assert!(is_found, "tax finds no figure by {asked}");
    }
}

/// Tokens of people who have signed in with posts.
fn signed_in(desk: &Desk, posts: &[(&str, &str)]) -> Vec<String> {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let path = desk.path("shenggui-data/shenggui.db");
        let db = Database::open_file(&path).await.expect("the database");
        let at = chrono::Utc::now().timestamp();
        let tx = db.begin_writing().await.expect("writing");
        let mut tokens = Vec::new();
        for (number, (organisation, role)) in posts.iter().enumerate() {
            let login = format!("{role}{number}");
            let account = accounts::create(&tx, &login, role, "", at).await;
            let account = account.expect("an account");
            let post = accounts::give_post(&tx, account, organisation, role, at).await;
            let token = format!("token-of-{login}");
            let session = Session {
                hash: hash_of_token(&token),
                account,
                post: post.expect("a post"),
                stage: Stage::Whole,
                made_at: at,
                seen_at: at,
                address: String::new(),
                browser: String::new(),
                means: Means::Password,
            };
            sessions::keep_open(&tx, &session).await.expect("a session");
            tokens.push(token);
        }
        tx.commit().await.expect("kept");
        db.close().await.expect("closed");
        tokens
    })
}
