//! What one account could do with what is another's, and with fields that no form has.

use super::desk::province::{PASSWORD, Province, pack};
use super::desk::served::Reply;

/// Fields that no form has change nothing.
pub fn mass_assignment(province: &Province, found: &mut Vec<String>) {
    fields_of_accounts(province, found);
    fields_of_views_and_tokens(province, found);
    fields_of_outcomes(province, found);
}

fn fields_of_accounts(province: &Province, found: &mut Vec<String>) {
    let system = &province.viewer("system").visit;
    let form = [
        ("login", "massed"),
        ("name", "新来的"),
        ("phone", "13800000001"),
        ("id", "1"),
        ("account", "1"),
        ("role", "office"),
        ("organisation", "leading-group-office"),
        ("posts", "office"),
        ("rights", "accounts"),
        ("must_change", "0"),
        ("password", PASSWORD),
        ("closed_at", "1"),
        ("made_at", "1"),
    ];
    let reply = system.post("/people", &form);
    if reply.status != 303 {
        found.push(format!("an account was not made: {}", reply.status));
    }
    let about = |what: &str| {
        province.number(&format!(
            "SELECT CAST(COUNT(*) AS BIGINT) FROM people_accounts a WHERE a.login = 'massed' AND {what}"
        ))
    };
    for (what, expected) in [
        ("a.closed_at IS NULL AND a.made_at > 1 AND a.id > 13", 1),
        (
            "EXISTS (SELECT 1 FROM people_posts p WHERE p.account = a.id)",
            0,
        ),
        (
            "EXISTS (SELECT 1 FROM people_passwords p WHERE p.account = a.id)",
            0,
        ),
    ] {
        if about(what) != expected {
            found.push(format!(
                "of the account that was made not {expected}: {what}"
            ));
        }
    }
}

fn fields_of_views_and_tokens(province: &Province, found: &mut Vec<String>) {
    let (own, other) = (province.viewer("xuchang"), province.viewer("luoyang"));
    let other = other.account.to_string();
    let form = [
        ("name", "顺带"),
        ("query", "stage=lead"),
        ("account", &other),
        ("id", "77777"),
    ];
    own.visit.post("/register/views", &form);
    let form = [
        ("name", "顺带"),
        ("days", "1"),
        ("right", "plan"),
        ("account", &other),
        ("post", "1"),
        ("hash", "x"),
        ("ends_at", "9999999999"),
    ];
    own.visit.post("/account/tokens", &form);
    for (table, name) in [("register_views", "顺带"), ("people_tokens", "顺带")] {
        let count = |account: &str| {
            province.number(&format!(
                "SELECT CAST(COUNT(*) AS BIGINT) FROM {table} WHERE name = '{name}' AND account = {account}"
            ))
        };
        let (mine, theirs) = (count(&own.account.to_string()), count(&other));
        if (mine, theirs) != (1, 0) {
            found.push(format!("{table}: {mine} are one's own, {theirs} another's"));
        }
    }
}

fn fields_of_outcomes(province: &Province, found: &mut Vec<String>) {
    let own = province.viewer("xuchang");
    let firm = province
        .firms
        .iter()
        .find(|firm| own.covers(firm))
        .expect("a firm");
    let pack = pack();
    let form = [
        ("measure", pack.measures[0].id.as_str()),
        ("result", "refused"),
        ("reason", "顺带"),
        ("organisation", "tax"),
        ("person", "别人"),
        ("agency", "tax"),
        ("on", "2020-01-01"),
        ("push", "1"),
    ];
    own.visit
        .post(&format!("/register/{}/outcomes", firm.uscc), &form);
    let forged = province.number(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM measures_outcomes WHERE reason = '顺带' AND (organisation <> '411000' OR person = '别人')",
    );
    if forged != 0 {
        found.push("an outcome was recorded in another's name".to_string());
    }
}

fn admit(province: &Province, name: &str, uscc: &str, key: &str) -> Reply {
    let visit = &province.viewer(name).visit;
    let body = format!("{{\"uscc\":[\"{uscc}\"],\"reason\":\"专题会议\"}}");
    let origin = visit.origin();
    let heads = [
        ("Origin", origin.as_str()),
        ("Content-Type", "application/json"),
        ("Idempotency-Key", key),
    ];
    let reply = visit.ask("POST", "/api/v1/pool/admissions", &heads, body.as_bytes());
    reply.expect("an answer")
}

/// A candidate of somebody's region, counted from the end of the list.
fn candidate(province: &Province, name: &str, number: usize) -> String {
    let reply = province
        .viewer(name)
        .visit
        .get("/api/v1/pool/candidates?limit=500");
    let found: Vec<String> = reply
        .text()
        .split('"')
        .filter(|own| own.len() == 18 && own.starts_with('9'))
        .map(str::to_string)
        .collect();
    let mut unique = found;
    unique.dedup();
    unique[unique.len() - 1 - number].clone()
}

/// A key is its account's: another gets neither the answer nor the refusal of it.
pub fn idempotency_key_of_another(province: &Province, found: &mut Vec<String>) {
    let uscc = candidate(province, "luoyang", 0);
    let key = "key-of-luoyang-0001";
    let first = admit(province, "luoyang", &uscc, key);
    let again = admit(province, "luoyang", &uscc, key);
    if first.status != 201 || again.status != 201 || first.body != again.body {
        found.push(format!(
            "the own key: {} then {}",
            first.status, again.status
        ));
    }
    let other = admit(province, "xuchang", &uscc, key);
    if other.status != 409 || other.header("idempotency-repeated").is_some() {
        found.push(format!("another's key: {} {}", other.status, other.text()));
    }
    let changed = admit(province, "luoyang", &candidate(province, "luoyang", 1), key);
    if changed.status != 422 {
        found.push(format!("a key for another request: {}", changed.status));
    }
}

pub fn cursor_of_another(province: &Province, found: &mut Vec<String>) {
    let luoyang = &province.viewer("luoyang").visit;
    let page = luoyang.get("/api/v1/firms?limit=5").json();
    let cursor = page["next"].as_str().expect("more pages").to_string();
    let address = format!("/api/v1/firms?limit=5&cursor={cursor}");
    if luoyang.get(&address).status != 200 {
        found.push("the own cursor is refused".to_string());
    }
    for name in ["xuchang", "office", "yuzhou"] {
        let reply = province.viewer(name).visit.get(&address);
        if reply.status != 409 {
            found.push(format!("{name} goes on with {}", reply.status));
        }
    }
    let forged = format!("{}{:x}", &cursor[..24], 0);
    let other = luoyang.get(&format!("/api/v1/firms?limit=5&sort=-name&cursor={forged}"));
    if other.status != 409 {
        found.push(format!(
            "a cursor of another query goes on with {}",
            other.status
        ));
    }
}

fn token(province: &Province, name: &str, rights: &[&str]) -> Option<String> {
    let mut form = vec![("name", "试验令牌"), ("days", "5")];
    form.extend(rights.iter().map(|right| ("right", *right)));
    let page = province.viewer(name).visit.post("/account/tokens", &form);
    let text = page.text();
    let words = text.split(|own: char| !own.is_ascii_alphanumeric() && own != '_' && own != '-');
    let token = words
        .filter(|word| word.len() >= 32)
        .max_by_key(|word| word.len());
    (page.status == 200).then(|| token.expect("a token").to_string())
}

fn with_token(province: &Province, token: &str, verb: &str, address: &str) -> Reply {
    let bearer = format!("Bearer {token}");
    let heads = [("Authorization", bearer.as_str())];
    province
        .served
        .visit()
        .ask(verb, address, &heads, b"")
        .expect("an answer")
}

/// A token does what it was made for, within its post, and nothing of its person's own.
pub fn rights_of_a_token(province: &Province, found: &mut Vec<String>) {
    let token = token(province, "luoyang", &["firms"]).expect("a token");
    let foreign = province
        .firms
        .iter()
        .find(|firm| !province.viewer("luoyang").covers(firm));
    let foreign = foreign.expect("a firm").uscc.clone();
    for (verb, address, expected) in [
        ("GET", "/api/v1/firms?limit=1".to_string(), 200),
        ("GET", format!("/api/v1/firms/{foreign}"), 404),
        ("GET", "/api/v1/pool/members".to_string(), 403),
        ("GET", "/api/v1/outlook/warnings".to_string(), 403),
        ("GET", "/account".to_string(), 403),
        ("GET", "/notices".to_string(), 403),
        ("POST", "/account/tokens".to_string(), 403),
        ("POST", "/account/password".to_string(), 403),
        ("POST", "/session/post".to_string(), 403),
        ("POST", "/account/sessions/others".to_string(), 403),
        ("POST", "/pool/admissions".to_string(), 403),
    ] {
        let reply = with_token(province, &token, verb, &address);
        if reply.status != expected {
            found.push(format!(
                "{verb} {address} is answered with {}",
                reply.status
            ));
        }
    }
}

/// Nobody makes a token that may more than the post.
pub fn token_beyond_the_post(province: &Province, found: &mut Vec<String>) {
    for (name, right) in [
        ("luoyang", "run"),
        ("luoyang", "issue"),
        ("bank", "firms"),
        ("firm", "firms"),
        ("system", "accounts"),
        ("security", "grants"),
        ("auditor", "admit"),
    ] {
        if token(province, name, &[right]).is_some() {
            found.push(format!("{name} makes a token for {right}"));
        }
    }
}

/// The same form sent many times at once is done once.
pub fn double_submission(province: &Province, found: &mut Vec<String>) {
    let uscc = candidate(province, "xuchang", 0);
    let visit = &province.viewer("xuchang").visit;
    let codes: Vec<u16> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..6)
            .map(|_| {
                let form = [("uscc", uscc.as_str()), ("reason", "同时提交")];
                scope.spawn(move || visit.post("/pool/admissions", &form).status)
            })
            .collect();
        threads
            .into_iter()
            .map(|own| own.join().expect("asked"))
            .collect()
    });
    let acts = province.number(&format!(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM pool_acts WHERE uscc = '{uscc}' AND reason = '同时提交'"
    ));
    if acts != 1 {
        found.push(format!("{acts} acts were recorded: {codes:?}"));
    }
}

/// Many who write at the same time stand in line; none takes from the first what it needs to
/// finish, and none waits for ever.
pub fn writers_in_line(province: &Province, found: &mut Vec<String>) {
    const MANY: usize = 48;
    let viewer = province.viewer("xuchang");
    let firm = province.firms.iter().rev().find(|firm| viewer.covers(firm));
    let uscc = firm.expect("a firm").uscc.clone();
    let address = format!("/measures/{}/outcomes", province.pack.measures[0].id);
    let started = std::time::Instant::now();
    let codes: Vec<u16> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..MANY)
            .map(|number| {
                let reason = format!("同时登记{}", number % 2);
                let (visit, uscc) = (&viewer.visit, uscc.as_str());
                let address = address.as_str();
                scope.spawn(move || {
                    let form = [("uscc", uscc), ("result", "refused"), ("reason", &reason)];
                    visit.post(address, &form).status
                })
            })
            .collect();
        let answers = threads.into_iter();
        answers.map(|own| own.join().expect("asked")).collect()
    });
    let failed = codes
        .iter()
        .filter(|code| !matches!(code, 303 | 409))
        .count();
    if failed > 0 || started.elapsed().as_secs() > 50 {
        found.push(format!(
            "{failed} failed in {:?}: {codes:?}",
            started.elapsed()
        ));
    }
    if !codes.contains(&303) {
        found.push(format!("nobody was answered: {codes:?}"));
    }
}

/// No page shows a hash, a secret or another's session.
pub fn secrets_on_pages(province: &Province, found: &mut Vec<String>) {
    let rows = province.rows("SELECT hash FROM people_sessions UNION ALL SELECT hash FROM people_tokens UNION ALL SELECT hash FROM people_passwords");
    let hashes: Vec<String> = rows
        .iter()
        .filter_map(|row| row.try_get_by_index(0).ok())
        .collect();
    let account = province.viewer("luoyang").account;
    for (name, address) in [
        ("system", "/people".to_string()),
        ("system", format!("/people/{account}")),
        ("security", "/people/grants".to_string()),
        ("audit", "/journal".to_string()),
        ("audit", "/api/v1/journal".to_string()),
        ("luoyang", "/api/v1/me".to_string()),
        ("system", "/settings".to_string()),
    ] {
        let reply = province.viewer(name).visit.get(&address);
        let text = reply.text();
        if reply.status != 200 {
            found.push(format!("{name} {address}: {}", reply.status));
        }
        if let Some(hash) = hashes.iter().find(|hash| text.contains(hash.as_str())) {
            found.push(format!("{name} {address} shows {hash}"));
        }
        if text.contains(PASSWORD) || text.contains("13800000001") {
            found.push(format!("{name} {address} shows a password or a telephone"));
        }
    }
}
