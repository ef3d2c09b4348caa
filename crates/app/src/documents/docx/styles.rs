//! Styles, fonts and settings: the look of the document, in one table.
//!
//! No font is bundled, they need licences. Each is asked for by the name officials have
//! installed, and `fontTable.xml` names what may stand in for it.

use super::markup::{DECLARATION, LINE, NAMESPACES};

const SONG_TITLE: &str = "方正小标宋简体";
const FANGSONG: &str = "仿宋_GB2312";
const KAITI: &str = "楷体_GB2312";
const HEITI: &str = "黑体";
const SONGTI: &str = "宋体";

/// Name, stand-ins in order, and the family for programs that know none of them.
const FONTS: [(&str, &str, &str); 5] = [
    (SONG_TITLE, "FZXiaoBiaoSong-B05S,宋体,SimSun", "roman"),
    (FANGSONG, "仿宋,FangSong", "modern"),
    (KAITI, "楷体,KaiTi", "modern"),
    (HEITI, "SimHei", "modern"),
    (SONGTI, "SimSun", "auto"),
];

/// A paragraph style: id, name in Word's list, font, half points, paragraph, extra run properties.
struct Style {
    id: &'static str,
    name: &'static str,
    font: &'static str,
    size: u32,
    paragraph: &'static str,
    run: &'static str,
}

/// Two characters of 16 pt in the grid. `firstLineChars` is for Word and WPS, the length for others.
const INDENT: &str = "<w:ind w:firstLineChars=\"200\" w:firstLine=\"632\"/>";
/// 二号 needs more than the 28.95 pt of a grid line.
const TITLE: &str = "<w:keepNext/><w:snapToGrid w:val=\"0\"/>\
     <w:spacing w:line=\"700\" w:lineRule=\"exact\"/><w:jc w:val=\"center\"/>";

const fn style(
    id: &'static str,
    name: &'static str,
    font: &'static str,
    size: u32,
    paragraph: &'static str,
) -> Style {
    Style {
        id,
        name,
        font,
        size,
        paragraph,
        run: "",
    }
}

/// `w:styles`.
///
/// 28 characters of 16 pt come into 156 mm by taking 0.25 pt from each. A character grid
/// would do the same in Word, but LibreOffice gives a character wider than its cell two cells.
pub fn styles() -> String {
    let list: String = all().iter().map(style_element).collect();
    format!(
        "{DECLARATION}<w:styles {NAMESPACES}><w:docDefaults><w:rPrDefault><w:rPr>{}\
         <w:sz w:val=\"32\"/><w:szCs w:val=\"32\"/>\
         <w:lang w:val=\"en-US\" w:eastAsia=\"zh-CN\" w:bidi=\"ar-SA\"/>\
         </w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>\
         <w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\">\
         <w:name w:val=\"Normal\"/><w:qFormat/><w:pPr><w:widowControl w:val=\"0\"/>\
         <w:autoSpaceDE w:val=\"0\"/><w:autoSpaceDN w:val=\"0\"/>\
         <w:spacing w:before=\"0\" w:after=\"0\" w:line=\"{LINE}\" w:lineRule=\"exact\"/>\
         <w:jc w:val=\"both\"/></w:pPr><w:rPr><w:spacing w:val=\"-5\"/><w:sz w:val=\"32\"/><w:szCs w:val=\"32\"/></w:rPr>\
         </w:style>{list}</w:styles>",
        fonts(FANGSONG)
    )
}

/// `w:fonts` with an alternative name for each.
pub fn font_table() -> String {
    let fonts: String = FONTS
        .iter()
        .map(|(name, alternatives, family)| {
            format!(
                "<w:font w:name=\"{name}\"><w:altName w:val=\"{alternatives}\"/>\
                 <w:charset w:val=\"86\"/><w:family w:val=\"{family}\"/>\
                 <w:pitch w:val=\"variable\"/></w:font>"
            )
        })
        .collect();
    format!("{DECLARATION}<w:fonts {NAMESPACES}>{fonts}</w:fonts>")
}

/// `w:settings`: odd and even pages differ, characters are never squeezed off the grid.
pub fn settings() -> String {
    format!(
        "{DECLARATION}<w:settings {NAMESPACES}><w:bordersDoNotSurroundHeader/>\
         <w:bordersDoNotSurroundFooter/><w:defaultTabStop w:val=\"420\"/>\
         <w:evenAndOddHeaders/><w:drawingGridVerticalSpacing w:val=\"{LINE}\"/>\
         <w:characterSpacingControl w:val=\"doNotCompress\"/><w:compat>\
         <w:compatSetting w:name=\"compatibilityMode\" \
         w:uri=\"http://schemas.microsoft.com/office/word\" w:val=\"15\"/></w:compat>\
         <w:themeFontLang w:val=\"en-US\" w:eastAsia=\"zh-CN\"/></w:settings>"
    )
}

fn all() -> Vec<Style> {
    let mut styles = text_styles();
    styles.extend(annex_styles());
    styles.extend(chart_styles());
    styles.extend(page_styles());
    styles
}

fn text_styles() -> Vec<Style> {
    let centred = "<w:jc w:val=\"center\"/>";
    vec![
        Style {
            run: "<w:color w:val=\"FF0000\"/>",
            ..style(
                "Masthead",
                "发文机关标志",
                SONG_TITLE,
                96,
                "<w:snapToGrid w:val=\"0\"/><w:jc w:val=\"center\"/>",
            )
        },
        style(
            "DocumentNumber",
            "发文字号",
            FANGSONG,
            32,
            // The red line stands 4 mm below the characters; the line of text holds 2 of them.
            "<w:pBdr><w:bottom w:val=\"single\" w:sz=\"18\" w:space=\"6\" w:color=\"FF0000\"/></w:pBdr>\
             <w:spacing w:before=\"1158\"/><w:jc w:val=\"center\"/>",
        ),
        style("Title", "Title", SONG_TITLE, 44, TITLE),
        style(
            "Addressees",
            "主送机关",
            FANGSONG,
            32,
            "<w:spacing w:before=\"579\"/>",
        ),
        style("Body", "公文正文", FANGSONG, 32, INDENT),
        style("Heading1", "heading 1", HEITI, 32, HEADING_1),
        style("Heading2", "heading 2", KAITI, 32, HEADING_2),
        style("Heading3", "heading 3", FANGSONG, 32, HEADING_3),
        style("Heading4", "heading 4", FANGSONG, 32, HEADING_4),
        style(
            "AnnexList",
            "附件说明",
            FANGSONG,
            32,
            "<w:keepNext/><w:jc w:val=\"left\"/>",
        ),
        style(
            "Signature",
            "发文机关署名",
            FANGSONG,
            32,
            "<w:keepNext/><w:jc w:val=\"right\"/>",
        ),
        style("Date", "成文日期", FANGSONG, 32, "<w:jc w:val=\"right\"/>"),
        style("Remark", "附注", FANGSONG, 32, INDENT),
        style("Standing", "审批状态", KAITI, 32, centred),
    ]
}

const HEADING_1: &str =
    "<w:keepNext/><w:ind w:firstLineChars=\"200\" w:firstLine=\"632\"/><w:outlineLvl w:val=\"0\"/>";
const HEADING_2: &str =
    "<w:keepNext/><w:ind w:firstLineChars=\"200\" w:firstLine=\"632\"/><w:outlineLvl w:val=\"1\"/>";
const HEADING_3: &str =
    "<w:ind w:firstLineChars=\"200\" w:firstLine=\"632\"/><w:outlineLvl w:val=\"2\"/>";
const HEADING_4: &str =
    "<w:ind w:firstLineChars=\"200\" w:firstLine=\"632\"/><w:outlineLvl w:val=\"3\"/>";

fn annex_styles() -> Vec<Style> {
    vec![
        style(
            "AnnexMark",
            "附件标识",
            HEITI,
            32,
            "<w:keepNext/><w:jc w:val=\"left\"/>",
        ),
        style("AnnexTitle", "附件标题", SONG_TITLE, 44, TITLE),
        style(
            "TableUnit",
            "表格单位",
            FANGSONG,
            24,
            "<w:keepNext/><w:snapToGrid w:val=\"0\"/>\
             <w:spacing w:before=\"120\" w:line=\"400\" w:lineRule=\"exact\"/><w:jc w:val=\"right\"/>",
        ),
        style("TableHead", "表头", HEITI, 24, TABLE_CENTRE),
        style("TableText", "表格文字", FANGSONG, 24, TABLE_LEFT),
        style("TableNumber", "表格数字", FANGSONG, 24, TABLE_RIGHT),
        style(
            "TableNote",
            "表注",
            FANGSONG,
            21,
            "<w:snapToGrid w:val=\"0\"/>\
             <w:spacing w:before=\"60\" w:line=\"320\" w:lineRule=\"exact\"/>",
        ),
    ]
}

const TABLE_LEFT: &str = "<w:snapToGrid w:val=\"0\"/><w:spacing w:line=\"320\" w:lineRule=\"exact\"/><w:jc w:val=\"left\"/>";
const TABLE_CENTRE: &str = "<w:snapToGrid w:val=\"0\"/><w:spacing w:line=\"320\" w:lineRule=\"exact\"/><w:jc w:val=\"center\"/>";
const TABLE_RIGHT: &str = "<w:snapToGrid w:val=\"0\"/><w:spacing w:line=\"320\" w:lineRule=\"exact\"/><w:jc w:val=\"right\"/>";

fn chart_styles() -> Vec<Style> {
    vec![
        style(
            "ChartTitle",
            "图题",
            HEITI,
            24,
            "<w:keepNext/><w:snapToGrid w:val=\"0\"/>\
             <w:spacing w:before=\"240\" w:after=\"60\" w:line=\"400\" w:lineRule=\"exact\"/>\
             <w:jc w:val=\"center\"/>",
        ),
        // An exact line would cut the drawing off.
        style(
            "Chart",
            "图",
            FANGSONG,
            24,
            "<w:snapToGrid w:val=\"0\"/>\
             <w:spacing w:after=\"180\" w:line=\"240\" w:lineRule=\"auto\"/><w:jc w:val=\"center\"/>",
        ),
    ]
}

fn page_styles() -> Vec<Style> {
    vec![
        Style {
            run: "<w:color w:val=\"808080\"/>",
            ..style(
                "Header",
                "header",
                FANGSONG,
                18,
                "<w:snapToGrid w:val=\"0\"/><w:spacing w:line=\"240\" w:lineRule=\"auto\"/>\
                 <w:jc w:val=\"center\"/>",
            )
        },
        style(
            "Footer",
            "footer",
            SONGTI,
            28,
            "<w:snapToGrid w:val=\"0\"/><w:spacing w:line=\"400\" w:lineRule=\"exact\"/>",
        ),
        style(
            "Colophon",
            "版记",
            FANGSONG,
            28,
            "<w:snapToGrid w:val=\"0\"/><w:spacing w:line=\"520\" w:lineRule=\"exact\"/>",
        ),
        style(
            "Sliver",
            "分节",
            FANGSONG,
            2,
            "<w:snapToGrid w:val=\"0\"/><w:spacing w:line=\"14\" w:lineRule=\"exact\"/>",
        ),
    ]
}

fn style_element(style: &Style) -> String {
    let Style {
        id,
        name,
        font,
        size,
        paragraph,
        run,
    } = style;
    format!(
        "<w:style w:type=\"paragraph\" w:styleId=\"{id}\"{}><w:name w:val=\"{name}\"/>\
         <w:basedOn w:val=\"Normal\"/><w:qFormat/><w:pPr>{paragraph}</w:pPr>\
         <w:rPr>{}{run}<w:sz w:val=\"{size}\"/><w:szCs w:val=\"{size}\"/></w:rPr></w:style>",
        if name.is_ascii() {
            ""
        } else {
            " w:customStyle=\"1\""
        },
        fonts(font)
    )
}

/// One font for all scripts: the standard sets the text in 仿宋 and names no Latin font,
/// and half-width figures of 仿宋 keep to the grid of 28 characters.
fn fonts(name: &str) -> String {
    format!(
        "<w:rFonts w:ascii=\"{name}\" w:hAnsi=\"{name}\" w:eastAsia=\"{name}\" w:cs=\"{name}\"/>"
    )
}
