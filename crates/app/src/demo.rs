//! The demonstration province: built from a seed, delivered to itself through the same
//! import, its targets and pool brought about through the same workflow as everywhere.

mod accounts;
mod build;
mod locals;
mod province;

use crate::cli::{DemoArgs, PackSource};
use crate::office::{self, Office, refuse};
use crate::report::Report;
use crate::settings;
use crate::web;
use anyhow::Result;
use programme::deliveries;
use province::Recipe;
use std::path::Path;

const BANNER: &str = "演示数据：企业、数字和办理记录均为虚构；演示账号不要求改密码和动态口令";

/// `shenggui demo`.
pub async fn command(folder: &Path, pack: &PackSource, arguments: &DemoArgs) -> Result<Report> {
    let mut office = office::make(folder, pack).await?;
    let existing = !deliveries::batches(office.db.reading()).await?.is_empty();
    let finished = settings::is_finished(&office).await?;
    if existing && settings::banner(&office).await?.is_none() {
        return refuse(format!(
            "数据目录“{}”里已有正式数据，演示不能建在其中；请用 --data 另指一个目录",
            folder.display()
        ));
    }
    if existing && !finished {
        return refuse(format!(
            "上次建立演示省份时中断了；请先删除目录“{}”，再重新执行",
            folder.display()
        ));
    }
    if finished {
        eprintln!(
            "演示省份已经建好，直接打开。要重建，先删除目录 {}",
            folder.display()
        );
    } else {
        let mut recipe = Recipe::from_file()?;
        recipe.firms = arguments.firms.unwrap_or(recipe.firms);
        recipe.seed = arguments.seed.unwrap_or(recipe.seed);
        recipe.months = arguments.months.unwrap_or(recipe.months);
        if pack.pack.is_none() && locals::place(folder)? {
            office = office::open(folder, pack).await?;
        }
        settings::set_banner(&office, BANNER).await?;
        // First the people, so that what is pushed while the province grows reaches them.
        accounts::make(&office).await?;
        build::build(&office, &recipe).await?;
        crate::exchange::make_key(&office)?;
        settings::set_finished(&office).await?;
    }
    if arguments.no_serve {
        return Ok(built(&office));
    }
    let mut config = web::config::read(None, folder)?;
    config.listen.set_port(arguments.port);
    let told = accounts::told()?;
    web::serve(office, config, |address| {
        crate::announce(address);
        for line in told {
            eprintln!("{line}");
        }
    })
    .await?;
    Ok(Report::new("已停止"))
}

fn built(office: &Office) -> Report {
    let shown = office.folder.display();
    Report::new("演示省份已建好")
        .note(format!("打开首页：shenggui --data {shown} serve"))
        .note(format!(
            "查看进度：shenggui --data {shown} targets progress"
        ))
}

#[cfg(test)]
mod fixture_verdicts;
#[cfg(test)]
mod tests;
