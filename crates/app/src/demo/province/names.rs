//! Invented names and codes of firms: a place, a brand, a trade, a legal form.
//!
//! Nothing here is drawn from a list of real firms; persons are never named at all.

use rules::uscc::Uscc;

const BRAND_FIRST: [&str; 40] = [
    "安", "百", "昌", "成", "德", "鼎", "东", "方", "丰", "富", "广", "国", "瀚", "恒", "宏", "华",
    "汇", "嘉", "金", "锦", "晶", "开", "立", "联", "隆", "茂", "明", "南", "鹏", "启", "瑞", "森",
    "盛", "泰", "天", "万", "祥", "兴", "裕", "正",
];
const BRAND_SECOND: [&str; 40] = [
    "邦", "宝", "博", "辰", "诚", "川", "达", "冠", "光", "海", "和", "禾", "辉", "基", "佳", "骏",
    "康", "科", "朗", "利", "林", "龙", "美", "旺", "铭", "能", "宁", "磐", "强", "润", "山", "升",
    "顺", "通", "拓", "威", "新", "信", "阳", "源",
];
const FORMS: [&str; 8] = [
    "有限公司",
    "有限公司",
    "有限公司",
    "有限公司",
    "有限责任公司",
    "股份有限公司",
    "有限责任公司",
    "厂",
];
pub const BRANDS: u64 = (BRAND_FIRST.len() * BRAND_SECOND.len()) as u64;
pub const FORM_COUNT: u64 = FORMS.len() as u64;
/// How many seven-symbol tails a code can end on.
const TAILS: u64 = 31u64.pow(7);
const TAIL_STEP: u64 = 11_400_714_819;
const SYMBOLS: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const OLD_PREFIXES: [&str; 8] = ["17", "26", "41", "55", "66", "67", "71", "76"];

/// Words for the trade of an industrial division, the first two digits of its code.
pub fn trades(division: u32) -> &'static [&'static str] {
    match division {
        6 => &["矿业", "煤业"],
        7..=12 => &["矿业", "矿产品", "石材"],
        13 => &["面粉", "粮油", "饲料", "农产品"],
        14 => &["食品", "调味品", "速冻食品"],
        15 => &["酒业", "饮品"],
        16 => &["烟草制品"],
        17 => &["纺织", "织造"],
        18 => &["服饰", "制衣"],
        19 => &["皮革制品", "鞋业"],
        20 | 21 => &["木业", "家居", "家具"],
        22 => &["纸业", "包装制品"],
        23 => &["印务", "包装印刷"],
        24 => &["文体用品", "工艺品"],
        25 | 26 => &["化工", "新材料", "生物科技"],
        27 => &["药业", "医药科技"],
        28 => &["化纤"],
        29 => &["橡塑", "塑业"],
        30 => &["建材", "耐火材料", "新型材料", "玻璃制品"],
        31 => &["铸业", "金属材料"],
        32 => &["铝业", "有色金属"],
        33 => &["金属制品", "钢结构"],
        34 => &["机械", "通用设备", "轴承"],
        35 => &["重工", "矿山机械", "农业机械"],
        36 => &["汽车部件", "汽配"],
        37 => &["交通装备", "车业"],
        38 => &["电气", "电缆", "新能源科技"],
        39 => &["电子", "光电科技"],
        40 => &["仪表", "测控技术"],
        42 => &["再生资源", "环保科技"],
        43 => &["机械维修"],
        44 => &["热力", "电力"],
        45 => &["燃气"],
        46 => &["水务"],
        _ => &["实业", "制品"],
    }
}

/// Writes the name of a firm behind what `name` already holds.
pub fn write_name(name: &mut String, county: &str, brand: u16, trade: &str, form: u8) {
    name.push_str(short_place(county));
    name.push_str(BRAND_FIRST[brand as usize % BRAND_FIRST.len()]);
    name.push_str(BRAND_SECOND[brand as usize / BRAND_FIRST.len() % BRAND_SECOND.len()]);
    name.push_str(trade);
    name.push_str(FORMS[form as usize % FORMS.len()]);
}

/// 新郑市 → 新郑, but 息县 stays what it is.
pub fn short_place(county: &str) -> &str {
    if county.chars().count() < 3 {
        return county;
    }
    ["县", "市", "区"]
        .iter()
        .find_map(|ending| county.strip_suffix(ending))
        .unwrap_or(county)
}

/// The code of the firm that stands at `number`: no two numbers share one.
/// Firms from before the unified code carry on their older subject code.
pub fn code(seed: u64, county: u32, number: u64, is_old: bool) -> [u8; 18] {
    let mut tail = (number % TAILS * TAIL_STEP + seed % TAILS) % TAILS;
    let prefix = if is_old {
        OLD_PREFIXES[(number % 8) as usize]
    } else {
        "MA"
    };
    let mut front = format!("91{county:06}{prefix}");
    for _ in 0..7 {
        front.push(SYMBOLS[(tail % 31) as usize] as char);
        tail /= 31;
    }
    let code = Uscc::compose(&front).expect("the front is seventeen symbols of the alphabet");
    let mut symbols = [0u8; 18];
    symbols.copy_from_slice(code.to_string().as_bytes());
    symbols
}

pub fn code_text(code: &[u8; 18]) -> &str {
    std::str::from_utf8(code).expect("the alphabet of codes is ASCII")
}
