//! 档案: who a firm is: identity, former names and codes, certificates and lists with their
//! validity, and whom to call. Personal data are masked until a purpose is written down.

use super::history::Recorded;
use super::material::Delivered;
use crate::measures::Subject;
use crate::office::Office;
use anyhow::Result;
use chrono::NaiveDate;
use programme::deliveries::day_from;
use programme::register::{self, Contact};
use rules::expression::Kind;
use rules::pack::Pack;
use rules::pack::agencies::DataClass;
use rules::pack::delivered::Take;
use rules::pack::facts::Origin;
use serde::Serialize;

/// The archive of a firm.
#[derive(Debug, Clone, Serialize)]
pub struct Archive {
    pub identity: Vec<Line>,
    /// Names that earlier lists used.
    pub former_names: Vec<Line>,
    pub former_codes: Vec<String>,
    pub certificates: Vec<Held>,
    pub contact: Option<ContactShown>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Line {
    pub label: String,
    pub text: String,
    pub origin: String,
}

/// A certificate, or a list that names the firm.
#[derive(Debug, Clone, Serialize)]
pub struct Held {
    pub name: String,
    pub until: String,
    pub has_lapsed: bool,
    pub origin: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ContactShown {
    pub person: String,
    pub phone: String,
    pub is_masked: bool,
}

/// Lays the archive out.
pub async fn archive(
    office: &Office,
    subject: &Subject,
    delivered: &Delivered,
    recorded: &Recorded,
    is_masked: bool,
) -> Result<Archive> {
    let (db, pack) = (office.db.reading(), &office.pack);
    let (batches, stored) = (&delivered.batches, &delivered.stored);
    let uscc = subject.firms.uscc(subject.firm);
    let as_of = subject.snapshot.as_of;
    let names = register::names_of(db, batches, stored, uscc).await?;
    let current = subject.firms.name(subject.firm);
    let former = names.into_iter().filter(|(_, name)| name != current);
    let contact = register::contact_of(db, batches, stored, as_of, uscc).await?;
    let earlier = recorded.codes.split_last().map(|(_, earlier)| earlier);
    let earlier = earlier.unwrap_or_default();
    Ok(Archive {
        identity: identity(pack, subject, recorded),
        former_names: former
            .map(|(month, name)| Line {
                label: name,
                text: format!("自{}的名录起", month.in_words()),
                origin: String::new(),
            })
            .collect(),
        former_codes: earlier.iter().map(ToString::to_string).collect(),
        certificates: held(pack, subject, recorded),
        contact: contact.map(|own| contact_shown(own, is_masked)),
    })
}

fn identity(pack: &Pack, subject: &Subject, recorded: &Recorded) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut put = |label: &str, text: String, origin: &str| {
        lines.push(Line {
            label: label.to_string(),
            text: match text.is_empty() {
                true => "待补".to_string(),
                false => text,
            },
            origin: origin.to_string(),
        });
    };
    let uscc = subject.firms.uscc(subject.firm);
    put("统一社会信用代码", uscc.to_string(), "");
    let Some(own) = &recorded.enterprise else {
        put(
            "企业名录",
            "没有这家企业，地区按代码所含登记地归入".to_string(),
            "",
        );
        return lines;
    };
    let by = format!("企业名录，第{}批次", own.batch);
    let day = |number| day_from(number).map_or(String::new(), |day| day.to_string());
    let division = |code: u32| pack.divisions.name(code);
    put("生产经营地", place(pack, subject), &by);
    put("详细地址", own.address.clone(), &by);
    let registered = own.registered_place.map_or(String::new(), division);
    put("注册地", registered, &by);
    put("行业", industry(pack, own.industry), &by);
    put("成立时间", day(own.established), &by);
    put("投产时间", day(own.commissioned), &by);
    let persons = programme::deliveries::known_number(own.persons);
    let persons = persons.map_or(String::new(), |number| format!("{number}人"));
    put("从业人数", persons, &by);
    lines
}

/// “许昌市 禹州市”, with the zone where it lies in one.
pub fn place(pack: &Pack, subject: &Subject) -> String {
    let (firms, firm) = (&subject.firms, subject.firm);
    let mut codes: Vec<u32> = [firms.area(firm), firms.county(firm), firms.zone(firm)]
        .into_iter()
        .flatten()
        .collect();
    codes.dedup();
    let names: Vec<String> = codes
        .iter()
        .map(|code| pack.divisions.name(*code))
        .collect();
    names.join(" ")
}

/// “3071 建筑陶瓷制品制造”.
pub fn industry(pack: &Pack, class: i64) -> String {
    let code = format!("{class:04}");
    let name = pack.industries.get(&code);
    name.map_or(code.clone(), |own| format!("{code} {}", own.name))
}

/// Certificates of the register, and open lists that name the firm, each until when.
fn held(pack: &Pack, subject: &Subject, recorded: &Recorded) -> Vec<Held> {
    let today = subject.on;
    let shown = |name: String, until: Option<NaiveDate>, origin: String| Held {
        name,
        until: until.map_or("未写明期限".to_string(), |day| day.to_string()),
        has_lapsed: until.is_some_and(|day| day < today),
        origin,
    };
    let mut all = Vec::new();
    if let Some(own) = &recorded.enterprise {
        all.extend(own.certificates.iter().map(|certificate| {
            let by = format!("企业名录，第{}批次", own.batch);
            shown(certificate.name.clone(), day_from(certificate.to), by)
        }));
    }
    for (slot, fact) in pack.facts.iter().enumerate() {
        let Origin::Delivered(delivered) = fact.origin else {
            continue;
        };
        let is_list = delivered.take == Take::Exists && fact.class == DataClass::Open;
        if !is_list || subject.firms.fact(subject.firm, slot) != Some(1) {
            continue;
        }
        let until = validity(pack, subject, slot);
        all.push(shown(
            fact.name.clone(),
            until,
            pack.source_of(slot).unwrap_or_default(),
        ));
    }
    all
}

/// The last day of a validity that stands beside a list fact: of the same list, meant of the
/// same rows.
fn validity(pack: &Pack, subject: &Subject, list: usize) -> Option<NaiveDate> {
    let Origin::Delivered(own) = pack.facts[list].origin else {
        return None;
    };
    let found = pack.facts.iter().position(|fact| match fact.origin {
        Origin::Delivered(other) => {
            fact.expires
                && fact.kind == Kind::Day
                && fact.class == DataClass::Open
                && other.layout == own.layout
                && other.filter == own.filter
        }
        _ => false,
    })?;
    subject.firms.fact(subject.firm, found).and_then(day_from)
}

fn contact_shown(contact: Contact, is_masked: bool) -> ContactShown {
    match is_masked {
        true => ContactShown {
            person: masked_name(&contact.person),
            phone: masked_phone(&contact.phone),
            is_masked,
        },
        false => ContactShown {
            person: contact.person,
            phone: contact.phone,
            is_masked,
        },
    }
}

/// 张**: the first sign, and a star for each other.
fn masked_name(name: &str) -> String {
    let signs = name.chars().enumerate();
    signs
        .map(|(place, sign)| if place == 0 { sign } else { '*' })
        .collect()
}

/// 138****5678; shorter numbers keep their last two digits.
fn masked_phone(phone: &str) -> String {
    let signs: Vec<char> = phone.chars().collect();
    let (front, back) = match signs.len() {
        11.. => (3, 4),
        7..=10 => (0, 3),
        _ => (0, 0),
    };
    let kept = |place: usize| place < front || place + back >= signs.len();
    let signs = signs.iter().enumerate();
    signs
        .map(|(place, sign)| if kept(place) { *sign } else { '*' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_data_are_masked() {
        let cases = [
            ("张三丰", "13800005678", "张**", "138****5678"),
            ("李四", "0374-8166188", "李*", "037*****6188"),
            ("王", "8166188", "王", "****188"),
            ("", "110", "", "***"),
        ];
        for (name, phone, shown_name, shown_phone) in cases {
            let given = Contact {
                person: name.to_string(),
                phone: phone.to_string(),
            };
            let masked = contact_shown(given.clone(), true);
            assert_eq!(
                (masked.person.as_str(), masked.phone.as_str()),
                (shown_name, shown_phone)
            );
            let whole = contact_shown(given, false);
            assert_eq!((whole.person.as_str(), whole.phone.as_str()), (name, phone));
        }
    }
}
