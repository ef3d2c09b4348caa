//! Accounts and the posts that they hold.
//!
//! What a session may do follows from its post's role in the pack, asked anew with every
//! request: a post that ends takes effect at once.

mod store;

pub use store::{
    account, account_of_login, accounts, close, create, end_post, give_post, holders, post,
    posts_of, posts_of_person, seated_organisations,
};

use super::{Organisation, Scope};
use rules::pack::Pack;
use rules::pack::roles::Role;
use rules::uscc::Uscc;

/// A person who may sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub id: i64,
    pub login: String,
    pub name: String,
    /// Personal data; shown masked.
    pub phone: String,
    pub made_at: i64,
    pub closed_at: Option<i64>,
}

/// An organisation and a role that an account holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    pub id: i64,
    pub account: i64,
    /// Id of the organisation, see [`Organisation::from_id`].
    pub organisation: String,
    /// Id of the role in the pack.
    pub role: String,
    pub given_at: i64,
    pub ended_at: Option<i64>,
}

/// A post as the pack in force understands it.
pub struct Seat<'a> {
    pub organisation: Organisation,
    pub role: &'a Role,
    pub scope: Scope,
}

impl Post {
    /// What the post is under a pack; none where it has ended, or where the pack no longer
    /// knows organisation or role, or no longer lets one have the other.
    pub fn seat<'a>(&self, pack: &'a Pack) -> Option<Seat<'a>> {
        if self.ended_at.is_some() {
            return None;
        }
        let organisation = Organisation::from_id(pack, &self.organisation)?;
        let role = pack.role(&self.role)?;
        if !role.suits(&pack.agencies, &organisation) {
            return None;
        }
        let scope = Scope::of_post(pack, &organisation, role);
        Some(Seat {
            organisation,
            role,
            scope,
        })
    }
}

impl Account {
    /// As the journal and records of acts name who did something.
    pub fn in_words(&self) -> String {
        format!("{}（{}）", self.name, self.login)
    }
}

/// A login as it is kept and asked for: credit codes in capitals, anything else in small
/// letters. What is typed at signing in may be anything.
pub fn normal_login(text: &str) -> String {
    let text = text.trim();
    let capitals = text.to_ascii_uppercase();
    let is_code = capitals.get(..Uscc::LENGTH).and_then(Uscc::written);
    match is_code {
        Some(_) => capitals,
        None => text.to_ascii_lowercase(),
    }
}

/// What speaks against what is said of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PersonFault {
    #[error("账号用2至32位小写字母、数字、点、连字符或下划线，以字母开头")]
    Login,
    #[error("姓名用2至30个字")]
    Name,
    #[error("电话写手机号码或带区号的座机，例如 13812345678、0371-65509999")]
    Phone,
}

/// Whether a login can be given to an official.
pub fn check_login(login: &str) -> Result<(), PersonFault> {
    let allowed = |symbol: char| {
        symbol.is_ascii_lowercase() || symbol.is_ascii_digit() || "._-".contains(symbol)
    };
    let fits = (2..=32).contains(&login.len())
        && login.starts_with(|first: char| first.is_ascii_lowercase())
        && login.chars().all(allowed);
    fits.then_some(()).ok_or(PersonFault::Login)
}

/// Whether name and telephone can be a person's.
pub fn check_person(name: &str, phone: &str) -> Result<(), PersonFault> {
    let is_name = (2..=30).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if !is_name {
        return Err(PersonFault::Name);
    }
    let digits = phone.chars().filter(char::is_ascii_digit).count();
    let is_mobile = phone.len() == 11 && digits == 11 && phone.starts_with('1');
    let is_fixed = match phone.split_once('-') {
        Some((area, own)) => {
            let all = |text: &str| text.chars().all(|symbol| symbol.is_ascii_digit());
            all(area)
                && all(own)
                && area.starts_with('0')
                && (3..=4).contains(&area.len())
                && (7..=8).contains(&own.len())
        }
        None => false,
    };
    (is_mobile || is_fixed)
        .then_some(())
        .ok_or(PersonFault::Phone)
}

/// A telephone number as it is shown: 138****5678.
pub fn masked_phone(phone: &str) -> String {
    let symbols: Vec<char> = phone.chars().collect();
    match symbols.len() {
        0 => String::new(),
        1..8 => "****".to_string(),
        count => {
            let head: String = symbols[..3].iter().collect();
            let tail: String = symbols[count - 4..].iter().collect();
            format!("{head}****{tail}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_are_asked_for_as_they_are_kept() {
        for (typed, kept) in [
            ("  Office ", "office"),
            ("91411081mx0000011p", "91411081MX0000011P"),
            ("91411081mx0000011p-2", "91411081MX0000011P-2"),
            ("91411081", "91411081"),
            ("张三", "张三"),
        ] {
            assert_eq!(normal_login(typed), kept, "{typed}");
        }
    }

    #[test]
    fn logins_names_and_telephones_have_their_forms() {
        for (login, fits) in [
            ("ab", true),
            ("a", false),
            ("zhang.san_2-b", true),
            ("2ab", false),
            ("Zhang", false),
            ("张三", false),
            (&"a".repeat(32), true),
            (&"a".repeat(33), false),
        ] {
            assert_eq!(check_login(login).is_ok(), fits, "{login}");
        }
        for (name, phone, expected) in [
            ("张三", "13812345678", Ok(())),
            ("张三", "0371-65509999", Ok(())),
            ("张", "13812345678", Err(PersonFault::Name)),
            ("张\n三", "13812345678", Err(PersonFault::Name)),
            ("张三", "1381234567", Err(PersonFault::Phone)),
            ("张三", "138123456789", Err(PersonFault::Phone)),
            ("张三", "23812345678", Err(PersonFault::Phone)),
            ("张三", "371-65509999", Err(PersonFault::Phone)),
            ("张三", "", Err(PersonFault::Phone)),
        ] {
            assert_eq!(check_person(name, phone), expected, "{name} {phone}");
        }
    }

    #[test]
    fn telephones_are_masked() {
        for (phone, shown) in [
            ("13812345678", "138****5678"),
            ("0371-65509999", "037****9999"),
            ("1234567", "****"),
            ("", ""),
        ] {
            assert_eq!(masked_phone(phone), shown);
        }
    }
}
