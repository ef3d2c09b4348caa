//! What a back-test found, as sentences: each is computed from the figures and becomes the
//! title of a chart. Where nothing was judged it says so.

use super::Backtest;
use super::sentences::Sentence;
use super::tables::WATCHED;
use crate::documents::decimal;
use crate::report::{Group, Item};
use programme::bulletins::chart::Form;
use programme::outlook::assessment::{Lead, Reading, Versus, Visits};
use programme::outlook::scores::Tenth;
use serde_json::json;

/// The coverage that counts as right for an interval of eighty percent.
pub const COVERAGE_BAND: (f64, f64) = (0.78, 0.82);
const NONE: &str = "没有可评的企业";

pub fn percent(share: f64) -> String {
    decimal(share, Form::Percent(1))
}

fn points(share: f64) -> String {
    format!("{}个百分点", decimal(share * 100.0, Form::Decimal(1)))
}

/// All of them, in the order of the report.
pub fn all(found: &Backtest) -> [Sentence; 7] {
    [
        rules(found),
        reliability(found),
        coverage(found),
        errors(found),
        visits(found),
        lead(found),
        drift(found),
    ]
}

pub fn groups(found: &Backtest) -> Vec<Group> {
    let keys = [
        "rules",
        "reliability",
        "coverage",
        "errors",
        "visits",
        "lead",
        "drift",
    ];
    let items = keys.into_iter().zip(all(found)).map(|(key, sentence)| {
        let head = sentence.in_words();
        Item {
            link: None,
            lines: Vec::new(),
            value: json!({ "finding": key, "text": head }),
            head,
        }
    });
    vec![Group {
        key: "findings",
        is_one_of_many: false,
        title: "主要结果".to_string(),
        items: items.collect(),
    }]
}

/// In play, beside the rules of thumb.
pub fn rules(found: &Backtest) -> Sentence {
    let own = &found.assessment.in_play;
    let Some(brier) = own.scores.brier else {
        return Sentence::of(format!("{NONE}，不能与经验算法比较"));
    };
    let mut sentence = Sentence::of("临界企业的布里尔评分为")
        .figure("临界企业的布里尔评分", decimal(brier, Form::Decimal(3)));
    for (name, versus) in [
        ("年化法", &own.by_share),
        ("去年同期法", &own.by_year_before),
    ] {
        let Versus { rule, ours, .. } = versus;
        let (Some(rule), Some(ours)) = (rule.brier, ours.brier) else {
            sentence = sentence.text(format!("，{name}没有可比的企业"));
            continue;
        };
        let word = match ours <= rule {
            true => "低于",
            false => "高于",
        };
        let numbers = format!(
            "{}比{}",
            decimal(ours, Form::Decimal(3)),
            decimal(rule, Form::Decimal(3))
        );
        sentence = sentence
            .text(format!("，同批企业上{word}{name}（"))
            .figure(&format!("与{name}在同批企业上的布里尔评分"), numbers)
            .text("）");
    }
    sentence
}

/// Whether probabilities that are neither sure nor hopeless mean what they say.
pub fn reliability(found: &Backtest) -> Sentence {
    let own = &found.assessment.reliability.all;
    let inner = &own[1..own.len() - 1];
    let Some((said, came, gap)) = means(inner) else {
        return Sentence::of(format!("可能性在一成至九成之间的，{NONE}"));
    };
    let sentence = Sentence::of("可能性说在一成至九成之间的，平均所说")
        .figure("可能性在一成至九成之间的平均所说", percent(said))
        .text("，实际达到")
        .figure("可能性在一成至九成之间的实际达到比例", percent(came))
        .text("，各档平均相差")
        .figure("可能性在一成至九成之间各档的平均差距", points(gap));
    let own = &found.assessment.reliability;
    let groups = [("非在规企业", &own.candidates), ("在规企业", &own.members)];
    groups.iter().fold(sentence, |sentence, (name, tenths)| {
        let Some((said, came, _)) = means(&tenths[1..tenths.len() - 1]) else {
            return sentence;
        };
        let word = match said - came {
            even if even.abs() < 0.01 => return sentence.text(format!("；{name}不偏")),
            more if more > 0.0 => "说高",
            _ => "说低",
        };
        sentence.text(format!("；{name}{word}")).figure(
            &format!("{name}所说与实际之差"),
            points((said - came).abs()),
        )
    })
}

/// Mean said, mean share that came, and mean distance of both, weighed by count.
fn means(tenths: &[Tenth]) -> Option<(f64, f64, f64)> {
    let (mut count, mut sums) = (0.0, (0.0, 0.0, 0.0));
    for tenth in tenths {
        if let (Some(said), Some(came)) = (tenth.mean_predicted, tenth.share_observed) {
            let own = tenth.count as f64;
            count += own;
            sums.0 += own * said;
            sums.1 += own * came;
            sums.2 += own * (said - came).abs();
        }
    }
    (count > 0.0).then(|| (sums.0 / count, sums.1 / count, sums.2 / count))
}

pub fn coverage(found: &Backtest) -> Sentence {
    let assessment = &found.assessment;
    let (Some(all), Some(in_play)) = (
        assessment.all.interval.coverage(),
        assessment.in_play.interval.coverage(),
    ) else {
        return Sentence::of(format!("{NONE}，不能检验区间"));
    };
    let (from, to) = COVERAGE_BAND;
    let months = assessment.months.iter();
    let by_month: Vec<f64> = months
        .clone()
        .filter_map(|month| month.all.interval.coverage())
        .collect();
    let lowest = months
        .filter_map(|month| Some((month.all.interval.coverage()?, month.as_of)))
        .min_by(|one, other| one.0.total_cmp(&other.0));
    let within = by_month.iter().filter(|own| (from..=to).contains(*own));
    let verdict = match all {
        low if low < from => "合计偏窄",
        high if high > to => "合计偏宽",
        _ => "合计宽窄合适",
    };
    let sentence = Sentence::of("八成把握的区间覆盖了")
        .figure("八成区间覆盖率", percent(all))
        .text("的企业（临界企业")
        .figure("临界企业的八成区间覆盖率", percent(in_play))
        .text(format!("），{}个月末中有", by_month.len()))
        .figure("覆盖率在78%至82%的月末", within.count().to_string())
        .text("个在78%至82%以内");
    let sentence = match lowest {
        Some((lowest, month)) => sentence
            .text(format!("，最低是{}末的", month.in_words()))
            .figure("覆盖率最低的月末", percent(lowest)),
        None => sentence,
    };
    sentence.text(format!("，{verdict}"))
}

pub fn errors(found: &Backtest) -> Sentence {
    let own = found.assessment.errors.iter().enumerate();
    let known: Vec<(usize, [f64; 5])> = own
        .filter_map(|(month, own)| Some((month + 1, own.quantiles?)))
        .collect();
    let (Some((first, wide)), Some((last, narrow))) = (known.first(), known.last()) else {
        return Sentence::of(format!("{NONE}，不能说预测中值差多远"));
    };
    let range = |own: &[f64; 5]| format!("{}至{}", percent(own[1]), percent(own[3]));
    let sentence = Sentence::of(format!(
        "一半临界企业的全年实际收入与预测中值相差：{first}月末在"
    ))
    .figure("临界企业预测中值之差的中间一半", range(wide));
    if first == last {
        return sentence.text("之间");
    }
    let word = match narrow[3] - narrow[1] < wide[3] - wide[1] {
        true => "收窄到",
        false => "为",
    };
    sentence
        .text(format!("之间，{last}月末{word}"))
        .figure("临界企业预测中值之差的中间一半", range(narrow))
        .text("之间")
}

pub fn visits(found: &Backtest) -> Sentence {
    let assessment = &found.assessment;
    let said = |sentence: Sentence, what: &str, own: &Visits| {
        let (Some(precision), Some(chance), Some(possible)) =
            (own.precision, own.by_chance, own.possible)
        else {
            return sentence.text(format!("{what}{NONE}"));
        };
        sentence
            .text(format!("{what}命中"))
            .figure(&format!("{what}走访名单的命中率"), percent(precision))
            .text("（不排序为")
            .figure(&format!("{what}不排序的比例"), percent(chance))
            .text("，最高可能为")
            .figure(&format!("{what}最高可能的命中率"), percent(possible))
            .text("）")
    };
    let sentence = Sentence::of(format!("每市走访{}家：", assessment.visits));
    let sentence = said(sentence, "有望达到的", &assessment.candidates).text("，");
    said(sentence, "可能跌破的", &assessment.members)
}

pub fn lead(found: &Backtest) -> Sentence {
    let assessment = &found.assessment;
    let sentence = told(
        Sentence::default(),
        "非在规、全年达到的企业",
        &assessment.landed,
    );
    told(
        sentence.text("；"),
        "在规、全年跌破的企业",
        &assessment.fell,
    )
}

fn told(sentence: Sentence, what: &str, own: &Lead) -> Sentence {
    let firms = own.firms();
    if firms < programme::outlook::assessment::FIRMS_MIN {
        return sentence.text(format!("{what}没有可评的"));
    }
    let missed = percent(own.missed as f64 / firms as f64);
    let sentence = match own.median() {
        Some(0) => sentence.text(format!("{what}，一半到12月末才看出")),
        Some(months) => sentence
            .text(format!("{what}，一半在年底前"))
            .figure(&format!("{what}提前量的中位数"), format!("{months}个月"))
            .text("以上已看出"),
        None => sentence.text(format!("{what}，一半以上到年底仍未看出")),
    };
    sentence
        .text("，未看出的占")
        .figure(&format!("{what}年底仍未看出的比例"), missed)
}

pub fn drift(found: &Backtest) -> Sentence {
    let mut compared = 0;
    let mut drifted = 0;
    let mut most: Option<(f64, String)> = None;
    for own in &found.assessment.drift {
        let moved = own.moved.iter().zip(WATCHED);
        let known: Vec<(f64, &str)> = moved
            .filter_map(|(moved, (_, _, name))| Some((moved.index?, name)))
            .collect();
        compared += usize::from(!known.is_empty());
        let readings = own.moved.iter().filter_map(|moved| moved.reading());
        drifted += usize::from(readings.into_iter().any(|own| own == Reading::Drifted));
        for (index, name) in known {
            if most.as_ref().is_none_or(|(most, _)| index > *most) {
                most = Some((index, format!("{}末的{name}", own.as_of.in_words())));
            }
        }
    }
    let Some((index, place)) = most else {
        return Sentence::of("只有一个月末，看不出数据有没有变样");
    };
    let sentence = Sentence::of(format!("可比的{compared}个月末中，有数据明显漂移的"))
        .figure("有数据明显漂移的月末", drifted.to_string());
    sentence
        .text(format!("个；变化最大的是{place}，群体稳定性指数"))
        .figure("最大的群体稳定性指数", decimal(index, Form::Decimal(3)))
}
