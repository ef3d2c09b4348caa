//! Everybody's main day in a real browser, on an office screen and on a phone.
//!
//! A day is a file in `tests/days`: who signs in, and step after step what is opened, filled
//! in, pressed and seen. Wherever a day comes by, axe looks for what keeps people out.
//! With `SHENGGUI_SHOTS=folder` every page that is come by is also taken as a picture.

mod browser {
    pub mod axe;
    pub mod day;
    pub mod driver;
}
mod desk;

use browser::day::{self, Day};
use browser::driver::Driver;
use desk::served::Served;
use desk::{Desk, Place};

/// Firms of the province in which the days take place.
const FIRMS: &str = "800";

/// An office screen and a phone.
const SIZES: [(u32, u32); 2] = [(1366, 768), (390, 844)];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_gets_through_the_main_day() {
    let desk = Desk::new(&Place::File);
    desk.run(&["demo", "--no-serve", "--firms", FIRMS]).done();
    let served = desk.serve(&[]);
    let wanted = std::env::var("SHENGGUI_DAY").unwrap_or_default();
    let days = Day::all()
        .into_iter()
        .filter(|day| day.name.contains(&wanted));
    let days: Vec<Day> = days.collect();
    assert!(!days.is_empty(), "no day is called like {wanted}");
    let mut driver = Driver::start();
    let mut complaints = Vec::new();
    for (width, height) in SIZES {
        complaints.extend(all(&mut driver, &desk, &served, &days, (width, height)).await);
    }
    driver.end();
    assert!(complaints.is_empty(), "{}", complaints.join("\n\n"));
}

async fn all(
    driver: &mut Driver,
    desk: &Desk,
    served: &Served,
    days: &[Day],
    size: (u32, u32),
) -> Vec<String> {
    let mut complaints = Vec::new();
    for day in days.iter().filter(|day| day.fits(size.0)) {
        let browser = driver.open(size).await;
        let told = day::live(&browser, desk, served, day, size).await;
        browser.close().await.expect("the browser closes");
        let about = format!("{} at {}×{}", day.name, size.0, size.1);
        complaints.extend(told.into_iter().map(|text| format!("{about}: {text}")));
    }
    complaints
}
