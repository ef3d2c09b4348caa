//! Words of a back-test: what was done, what each score means, what it cannot say; and
//! sentences made of words and figures.

use super::Backtest;
use programme::outlook::assessment::{FIRMS_MIN, IN_PLAY};

/// Words and figures in their order.
#[derive(Debug, Clone, Default)]
pub struct Sentence(pub Vec<Piece>);

#[derive(Debug, Clone)]
pub enum Piece {
    Text(String),
    /// A figure as it is printed, with what it counts.
    Figure {
        what: String,
        value: String,
    },
}

impl Sentence {
    pub fn of(text: impl Into<String>) -> Sentence {
        Sentence::default().text(text)
    }

    pub fn text(mut self, text: impl Into<String>) -> Sentence {
        self.0.push(Piece::Text(text.into()));
        self
    }

    pub fn figure(mut self, what: &str, value: impl Into<String>) -> Sentence {
        self.0.push(Piece::Figure {
            what: what.to_string(),
            value: value.into(),
        });
        self
    }

    pub fn in_words(&self) -> String {
        let pieces = self.0.iter().map(|piece| match piece {
            Piece::Text(text) => text.as_str(),
            Piece::Figure { value, .. } => value.as_str(),
        });
        pieces.collect()
    }
}

/// What was done, and by which rule.
pub fn method(found: &Backtest) -> String {
    format!(
        "本次回测对{}至{}的每个月末，只用当月最后一日以前已经收到、且当时有效的数据，按现行方法重新预测各企业全年收入落在哪里，再与今天所知的全年实际收入对照。当时还没有收到的数据一律不用，以后的更正也不用；程序逐批核对收到日期，混入一批即中止。",
        found.from.in_words(),
        found.to.in_words()
    )
}

/// What the score of each finding means, in the order of the findings.
pub const MEANINGS: [&str; 7] = [BRIER, RELIABILITY, COVERAGE, MIDDLE, VISITS, LEAD, DRIFT];

const BRIER: &str = "布里尔评分是所说的可能性与结果（达到为1，没有达到为0）之差的平方的平均数，0为最好，一律说五成得0.25，越小越好。";
const COVERAGE: &str = "区间覆盖率是全年实际收入落在预测区间以内的企业所占比例，这个区间按八成把握给出，覆盖率应接近80%：低了是区间太窄、说得太满，高了是区间太宽、用处不大。";
const RELIABILITY: &str = "把所说的可能性按一成一档归拢，每档实际达到的比例应与所说的接近，点落在对角线上就是完全校准；校准误差是各档两者之差按企业数加权的平均数，0为最好。";
pub const SCORES: &str = "附件表中另列：对数评分看给实际结果留了多少可能性，越小越好，说得越满错得越重；区分度（曲线下面积）是任取一户达到的和一户没有达到的、前者可能性较高的机会，0.5等于不会分，1为完全分得开；最大分离度（柯尔莫哥洛夫—斯米尔诺夫）是达到的与没有达到的两类企业可能性分布的最大差距，1为完全分得开。";
const MIDDLE: &str =
    "中值误差是预测中值与全年实际收入相差的比例，取各企业的中位数，一半企业比它小。";
const VISITS: &str = "命中率是按名单走访的企业中后来确实达到（或确实跌破）的比例；同时列出不排序时的比例和事先知道结果也只能命中的比例，三者对照才看得出名单有多大用处。";
const LEAD: &str =
    "提前量是从判断正确并一直保持到年底的那个月末算起，到年底还有几个月；越大，帮扶的时间越多。";
const DRIFT: &str = "群体稳定性指数比较同一项数据在前后两个月末的分布，0为毫无变化；小于0.1为稳定，0.1至0.25为有变化，大于0.25为明显漂移，应先查明数据报送有无变化，再用预测。";

/// Whose scores are told twice, and why.
pub fn in_play() -> String {
    format!(
        "体量很小或者很大的企业，全年能否达到规模标准一望而知，把它们算进来任何评分都好看。因此下文以临界企业为准，即当时预测全年收入中值在规模标准{}倍至{}倍之间的企业；全部企业的评分列在附件。",
        IN_PLAY.0, IN_PLAY.1
    )
}

/// What the reader must know of the figures.
pub fn notes(found: &Backtest) -> Vec<String> {
    let assessment = &found.assessment;
    let mut notes = vec![
        format!(
            "每个月末只用当日以前收到的数据；实际收入以{}以前收到的为准",
            found.known_by
        ),
        format!(
            "临界企业是当时预测全年收入中值在规模标准{}倍至{}倍之间的企业；体量很小的企业谁都说得准，全部企业的评分因此偏好",
            IN_PLAY.0, IN_PLAY.1
        ),
        format!("不足{FIRMS_MIN}家的合计不显示"),
    ];
    if !assessment.open.is_empty() {
        notes.push(format!(
            "{}个月末全年未结束，未评，只用于观察数据有没有变样",
            assessment.open.len()
        ));
    }
    notes
}

/// What a back-test cannot say.
pub fn limits(found: &Backtest) -> Vec<String> {
    let assessment = &found.assessment;
    let first = assessment
        .months
        .iter()
        .filter(|month| month.kinds_learnt == 0);
    let assumed = first.count();
    let mut limits = vec![
        "同一企业在各月末反复出现，各月末的评分并不互相独立；同一年的企业又受同样的行情影响，年份少时一两年的顺逆就会左右结果。".to_string(),
        "方法和参数是今天的，数据是当时的：回测说的是这套方法放在当时会怎样，不是当时实际发出的预测。".to_string(),
        "全年收入缺月的企业不评，如果缺报的多是情况变坏的企业，评分会偏好；各月末未评家数见附件。".to_string(),
    ];
    if assumed > 0 {
        limits.push(format!(
            "{assumed}个月末还没有往年误差可学，预测区间沿用假定的宽窄，这些月末的覆盖率检验的是假定，不是所学。"
        ));
    }
    let unjudged = [
        (assessment.open.len(), "全年未结束"),
        (found.silent.len(), "尚未收到收入数据"),
    ];
    let unjudged = unjudged.iter().filter(|(count, _)| *count > 0);
    let unjudged: Vec<String> = unjudged
        .map(|(count, why)| format!("{count}个月末{why}"))
        .collect();
    if !unjudged.is_empty() {
        limits.push(format!(
            "{}，均未评，列在最后一个附件。",
            unjudged.join("、")
        ));
    }
    limits
}
