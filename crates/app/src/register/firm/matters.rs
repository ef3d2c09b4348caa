//! What matters next of one firm: at most two things, from where it stands.
//!
//! It decides the order and knows no figure: amounts and distances come in as the reader may
//! see them.

/// Where a firm stands, as far as it matters what comes next.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// Unknown where no confirmed list says so.
    pub in_scale: Option<bool>,
    pub warning: Option<Warning>,
    /// A level that it could reach where data are missing, though nothing warns of it.
    pub may_reach: Option<String>,
    pub has_declared: bool,
    pub in_pool: bool,
    /// Letter and name of the pool's class that holds.
    pub class: Option<String>,
    /// Whether known revenue has reached the threshold.
    pub has_reached: bool,
    pub has_left: bool,
    /// Where the year lands, in the reader's words, and whether at or above the threshold.
    pub landing: Option<Landing>,
    /// What it is entitled to and has not had.
    pub due: Option<Due>,
    /// Facts of which one alone would decide a measure, each once.
    pub one_fact: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    pub level: String,
    pub reasons: String,
    pub is_followed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Landing {
    pub words: String,
    pub is_likely: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    pub count: usize,
    /// Sums by period; none where no measure states one.
    pub amount: Option<String>,
}

/// One thing that matters next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Matter {
    /// Nobody has said whether it is above scale.
    NoStatus,
    Warned(Warning),
    MayBeWarned(String),
    /// Above the threshold, and not applied.
    Reached,
    Declared,
    /// Of a class of the pool, and not in it.
    Candidate(String),
    Landing(Landing),
    Due(Due),
    OneFact(Vec<String>),
    Left,
    /// Nothing presses.
    Settled,
}

const MATTERS_MAX: usize = 2;

/// At most two, the first one first; never none.
pub fn matters(standing: &Standing) -> Vec<Matter> {
    let is_below = standing.in_scale == Some(false);
    let mut found = Vec::new();
    if standing.in_scale.is_none() {
        found.push(Matter::NoStatus);
    }
    if standing.in_scale == Some(true) {
        found.extend(standing.warning.clone().map(Matter::Warned));
    }
    if is_below {
        found.extend(entering(standing));
    }
    let is_on_its_way = standing.has_reached || standing.has_declared;
    if is_below && !is_on_its_way {
        found.extend(standing.landing.clone().map(Matter::Landing));
    }
    found.extend(standing.due.clone().map(Matter::Due));
    if !standing.one_fact.is_empty() {
        found.push(Matter::OneFact(standing.one_fact.clone()));
    }
    if standing.in_scale == Some(true) && standing.warning.is_none() {
        found.extend(standing.may_reach.clone().map(Matter::MayBeWarned));
    }
    if is_below && standing.has_left {
        found.push(Matter::Left);
    }
    if found.is_empty() {
        found.push(Matter::Settled);
    }
    found.truncate(MATTERS_MAX);
    found
}

/// The next step of a firm below scale towards entering.
fn entering(standing: &Standing) -> Option<Matter> {
    if standing.has_declared {
        return Some(Matter::Declared);
    }
    if standing.has_reached {
        return Some(Matter::Reached);
    }
    let class = standing.class.clone().filter(|_| !standing.in_pool)?;
    Some(Matter::Candidate(class))
}

impl Matter {
    /// As programs say it.
    pub fn id(&self) -> &'static str {
        match self {
            Matter::NoStatus => "no-status",
            Matter::Warned(_) => "warned",
            Matter::MayBeWarned(_) => "may-be-warned",
            Matter::Reached => "reached",
            Matter::Declared => "declared",
            Matter::Candidate(_) => "candidate",
            Matter::Landing(_) => "landing",
            Matter::Due(_) => "due",
            Matter::OneFact(_) => "one-fact",
            Matter::Left => "left",
            Matter::Settled => "settled",
        }
    }

    /// Colour and word beside it.
    pub fn lamp(&self) -> (&'static str, &'static str) {
        match self {
            Matter::NoStatus | Matter::OneFact(_) | Matter::MayBeWarned(_) => ("unknown", "待补"),
            Matter::Warned(_) => ("behind", "预警"),
            Matter::Reached | Matter::Due(_) => ("at-risk", "待办"),
            Matter::Candidate(_) | Matter::Left => ("at-risk", "待定"),
            Matter::Landing(landing) if landing.is_likely => ("on-course", "有望"),
            Matter::Landing(_) => ("at-risk", "有差距"),
            Matter::Declared => ("on-course", "已报"),
            Matter::Settled => ("on-course", "正常"),
        }
    }

    /// The page of the firm that tells more.
    pub fn side(&self) -> &'static str {
        match self {
            Matter::Due(_) | Matter::OneFact(_) => "policy",
            Matter::Declared | Matter::Left => "history",
            Matter::Reached | Matter::Candidate(_) => "acts",
            _ => "ledger",
        }
    }

    /// For officials.
    pub fn in_words(&self) -> String {
        match self {
            Matter::NoStatus => "还没有统计部门的确认名单，不知是否在规".to_string(),
            Matter::Warned(warning) => {
                let followed = match warning.is_followed {
                    true => "，正在跟进",
                    false => "，尚无人跟进",
                };
                format!("退规预警{}：{}{followed}", warning.level, warning.reasons)
            }
            Matter::MayBeWarned(level) => {
                format!("数据不全，查明后预警最高可到{level}")
            }
            Matter::Reached => "已达规模标准，尚未申报入统".to_string(),
            Matter::Declared => "已申报入统，等统计部门确认".to_string(),
            Matter::Candidate(class) => format!("符合培育库{class}，尚未纳入"),
            Matter::Landing(landing) => landing.words.clone(),
            Matter::Due(due) => match &due.amount {
                Some(amount) => format!("可享未办{}项，应得{amount}", due.count),
                None => format!("可享未办{}项", due.count),
            },
            Matter::OneFact(facts) => format!("补齐{}即可判定相应政策", listed(facts)),
            Matter::Left => "已退规，看能否再次升规".to_string(),
            Matter::Settled => "没有急办的事项".to_string(),
        }
    }

    /// For the owner.
    pub fn to_the_owner(&self) -> String {
        match self {
            Matter::NoStatus => "统计部门的名单还没有送到本平台，暂时不知道您是否在规".to_string(),
            Matter::Warned(warning) => format!(
                "有退出规模以上名单的风险（{}），原因：{}；当地工作人员会与您联系，也可以主动找他们",
                warning.level, warning.reasons
            ),
            Matter::MayBeWarned(_) => "有的数据还没有送到，暂时看不全风险".to_string(),
            Matter::Reached => {
                "您的收入已达到规模标准，可以向当地统计部门申报入统，是否申报由您决定".to_string()
            }
            Matter::Declared => "您已申报入统，等统计部门确认".to_string(),
            Matter::Candidate(_) => {
                "您符合培育库的条件，当地可以把您纳入培育库，优先帮扶".to_string()
            }
            Matter::Landing(landing) => format!("{}（估计，不是任务）", landing.words),
            Matter::Due(due) => match &due.amount {
                Some(amount) => format!("有{}项政策您可以享受还没有办，算下来{amount}", due.count),
                None => format!("有{}项政策您可以享受还没有办", due.count),
            },
            Matter::OneFact(facts) => {
                format!("再有{}，就能判断相应的政策能不能享受", listed(facts))
            }
            Matter::Left => "您已退出规模以上名单，收入回升后可以再次申报".to_string(),
            Matter::Settled => "眼下没有要急着办的事".to_string(),
        }
    }
}

/// The first facts, and how many more.
fn listed(facts: &[String]) -> String {
    const SHOWN: usize = 3;
    let named: Vec<String> = facts.iter().take(SHOWN).map(|f| format!("“{f}”")).collect();
    match facts.len() > SHOWN {
        true => format!("{}等{}项之一", named.join("、"), facts.len()),
        false if facts.len() > 1 => format!("{}之一", named.join("、")),
        false => named.join("、"),
    }
}
