//! Who asks: the account, the post that the request looks through, and what it may do.

use super::answer::{Place, answer};
use super::asked::{Asked, Nothing};
use crate::office::today;
use crate::web::failure::Outcome;
use crate::web::visitor::Visitor;
use rules::pack::agencies::DataClass;
use rules::pack::roles::Right;
use serde::Serialize;
use utoipa::ToSchema;

/// 谁在使用接口，以什么岗位，可以做什么。
#[derive(Serialize, ToSchema)]
pub struct Me {
    /// 登录名。
    pub login: String,
    pub name: String,
    pub organisation: Organisation,
    pub role: Role,
    /// 只看这一区域内的企业；为空时按岗位的范围（全省、本企业或不看企业）。
    pub place: Option<Place>,
    /// 看得到原值的数据类别。
    pub sees: Vec<String>,
    /// 可以做的事。
    pub rights: Vec<RightName>,
}

/// 单位：机构代号、区划代码或统一社会信用代码，以及简称。
#[derive(Serialize, ToSchema)]
pub struct Organisation {
    pub id: String,
    pub name: String,
}

/// 岗位。
#[derive(Serialize, ToSchema)]
pub struct Role {
    pub id: String,
    pub name: String,
}

/// 一项权限。
#[derive(Serialize, ToSchema)]
pub struct RightName {
    pub id: String,
    pub name: String,
}

#[utoipa::path(
    get, path = "/api/v1/me", tag = "me", operation_id = "show_me",
    summary = "本令牌的账号和岗位",
    responses((status = 200, description = "账号、单位、岗位和权限", body = Me)),
)]
pub async fn show_me(visitor: Visitor, Asked(_): Asked<Nothing>) -> Outcome {
    let (office, seat) = (visitor.office(), visitor.seat()?);
    let role = office.pack.role(&seat.role);
    let scope = &seat.scope;
    let rights = Right::all().filter(|right| visitor.may(*right));
    let sees = DataClass::ALL
        .into_iter()
        .filter(|class| scope.sees(*class));
    answer(&Me {
        login: visitor.account().login.clone(),
        name: visitor.account().name.clone(),
        organisation: Organisation {
            id: seat.organisation.id(),
            name: seat.organisation.name(&office.pack, today()),
        },
        role: Role {
            id: seat.role.clone(),
            name: role.map_or(String::new(), |role| role.name.clone()),
        },
        place: Place::of(&office.pack, scope.place()),
        sees: sees.map(|class| class_name(class).to_string()).collect(),
        rights: rights
            .map(|right| RightName {
                id: right.id().to_string(),
                name: right.name().to_string(),
            })
            .collect(),
    })
}

/// Classes of data as officials call them.
fn class_name(class: DataClass) -> &'static str {
    match class {
        DataClass::Open => "公开",
        DataClass::Tax => "税务",
        DataClass::Statistical => "统计",
        DataClass::Electricity => "用电用气",
        DataClass::Insurance => "社保",
        DataClass::Finance => "融资",
        DataClass::Stated => "企业自填",
        DataClass::Personal => "个人",
    }
}
