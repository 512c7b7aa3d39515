"""The page in a real browser: Chromium, without a window."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from reported import FIGURES, ledger

from verify.claims import all_claims, graph
from verify.report import page

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402

CLAIMS = [claim.id for claim in all_claims()]
USED_BY = graph.reversed_graph(graph.graph(all_claims()))
OPTIONS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--force-prefers-reduced-motion")


@pytest.fixture(scope="module")
def driver() -> Iterator[Any]:
    browser, control = (shutil.which(name) for name in ("chromium", "chromedriver"))
    if not browser or not control:
        pytest.skip("chromium and chromium-driver are not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    for option in OPTIONS:
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    found = webdriver.Chrome(options=options, service=webdriver.ChromeService(control))
    yield found
    found.quit()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(page(ledger(), FIGURES), encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def browser(driver: Any, address: str) -> Iterator[Any]:
    """The page afresh, 1280 x 900, light; after each test the console must be empty."""
    screen(driver, 1280)
    driver.get("about:blank")
    driver.get(address)
    yield driver
    assert driver.get_log("browser") == []


def screen(driver: Any, width: int, *, dark: bool = False, media: str = "screen") -> None:
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": features})


def press(driver: Any, *keys: str) -> None:
    ActionChains(driver).send_keys(*keys).perform()


def shown(driver: Any) -> set[str]:
    visible = (
        "return [...document.querySelectorAll('details.claim')].filter(claim => claim.checkVisibility()).map(claim => claim.id)"
    )
    return set(driver.execute_script(visible))


def text(driver: Any, name: str) -> str:
    return str(driver.find_element(By.ID, name).text)


def test_tab_reaches_every_claim(browser: Any) -> None:
    browser.execute_script(
        "window.reached = new Set();"
        "addEventListener('focusin', ({target}) => target.matches('.claim > summary') && reached.add(target.parentNode.id))"
    )
    for _ in range(10):
        press(browser, *[Keys.TAB] * 70)
    assert set(browser.execute_script("return [...reached]")) == set(CLAIMS)


def test_the_first_tab_offers_to_skip_and_enter_opens_a_claim(browser: Any) -> None:
    press(browser, Keys.TAB)
    assert browser.switch_to.active_element.text == "Skip to the content"
    assert browser.switch_to.active_element.location["x"] >= 0
    summary = browser.find_element(By.CSS_SELECTOR, "[id='calibration.linear'] > summary")
    browser.execute_script("arguments[0].focus()", summary)
    press(browser, Keys.ENTER)
    assert browser.find_element(By.CSS_SELECTOR, "[id='calibration.linear'] math").is_displayed()


def test_search_finds_words_and_counts(browser: Any) -> None:
    browser.find_element(By.ID, "search").send_keys("pitchfork.theorem")
    assert (shown(browser), text(browser, "shown")) == (set(), f"0 of {len(CLAIMS)} claims")
    browser.find_element(By.ID, "search").clear()
    browser.find_element(By.ID, "search").send_keys("best_target band")
    assert shown(browser) == {"calibration.best_target"}
    assert text(browser, "shown") == f"1 of {len(CLAIMS)} claims"
    assert not browser.find_element(By.ID, "figure.rates").is_displayed()
    assert not browser.find_element(By.ID, "topic.training").is_displayed()


def test_verdicts_methods_and_the_paper_are_filters(browser: Any) -> None:
    entries = ledger()["claims"]
    browser.find_element(By.CSS_SELECTOR, "[name=verdict][value=skipped]").click()
    assert shown(browser) == {entry["id"] for entry in entries}
    browser.find_element(By.CSS_SELECTOR, "[name=verdict][value=refuted]").click()
    assert shown(browser) == {entry["id"] for entry in entries if entry["verdict"] != "refuted"}
    browser.find_element(By.CSS_SELECTOR, "#method option[value=formal]").click()
    assert shown(browser) == {entry["id"] for entry in entries if entry["method"] == "formal"}
    browser.get(browser.current_url)
    browser.find_element(By.ID, "digest").click()
    assert shown(browser) == {claim.id for claim in all_claims() if claim.source.startswith("digest")}


@pytest.mark.parametrize("name", ["premise.backward", "premise.odd_sigmoid", "calibration.sigma_star", "gains.first_gain"])
def test_what_falls_is_what_rests_on_it(browser: Any, name: str) -> None:
    falls = graph.reachable(USED_BY, name)
    browser.find_element(By.CSS_SELECTOR, f"#chosen option[value='{name}']").click()
    count = "1 claim falls" if len(falls) == 1 else f"{len(falls)} claims fall"
    assert text(browser, "falls").startswith(f"{count} with {name}")
    listed = "return [...document.querySelectorAll('#fallen li a')].map(link => link.getAttribute('href').slice(1))"
    assert sorted(browser.execute_script(listed)) == sorted(falls)
    drawn = "return [...document.querySelectorAll('#neighbours li a')].map(link => link.getAttribute('href').slice(1))"
    above = graph.reachable(graph.graph(all_claims()), name)
    assert {*above, name} <= set(browser.execute_script(drawn)) <= {*above, name, *falls}
    browser.find_element(By.ID, "onlyfallen").click()
    assert shown(browser) == falls


def test_a_premise_of_the_drawing_is_chosen_by_the_keyboard(browser: Any) -> None:
    node = browser.find_element(By.CSS_SELECTOR, ".overview a[href='#premise.surrogate']")
    browser.execute_script("arguments[0].focus()", node)
    press(browser, Keys.ENTER)
    assert browser.find_element(By.ID, "chosen").get_property("value") == "premise.surrogate"
    assert "chosen" in node.get_attribute("class")
    button = browser.find_element(By.CSS_SELECTOR, "[id='premise.wide'] button")
    browser.execute_script("arguments[0].focus()", button)
    press(browser, Keys.SPACE)
    assert "fall with premise.wide" in text(browser, "falls")
    assert browser.switch_to.active_element.get_attribute("id") == "chosen"


def test_a_link_opens_the_claim_that_it_names_though_it_is_filtered_out(browser: Any) -> None:
    browser.find_element(By.ID, "search").send_keys("no claim has this word")
    browser.execute_script("location.hash = 'calibration.depth'")
    assert browser.find_element(By.CSS_SELECTOR, "[id='calibration.depth'] .formula").is_displayed()
    assert browser.switch_to.active_element.tag_name == "summary"


def test_open_all_and_close_all(browser: Any) -> None:
    browser.find_element(By.ID, "open").click()
    assert len(browser.find_elements(By.CSS_SELECTOR, ".claim[open]")) == len(CLAIMS)
    browser.find_element(By.ID, "close").click()
    assert not browser.find_elements(By.CSS_SELECTOR, ".claim[open]")


def ground(driver: Any) -> str:
    return str(driver.execute_script("return getComputedStyle(document.body).backgroundColor"))


def test_dark_as_the_system_and_by_choice(browser: Any) -> None:
    light = ground(browser)
    screen(browser, 1280, dark=True)
    dark = ground(browser)
    assert dark != light
    button = browser.find_element(By.ID, "theme")
    for label, colour in (("light", light), ("dark", dark), ("as the system", dark)):
        button.click()
        assert (button.text, ground(browser)) == (f"Theme: {label}", colour)


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_makes_the_page_wider_than_the_screen(browser: Any, width: int) -> None:
    screen(browser, width)
    browser.find_element(By.CSS_SELECTOR, "#chosen option[value='wide_limit.gradient_ratio']").click()
    browser.find_element(By.ID, "open").click()
    for details in ("details.plain", "details.formal"):
        browser.execute_script(f"document.querySelectorAll('{details}').forEach(one => one.open = true)")
    assert browser.execute_script("return innerWidth") == width
    assert (
        browser.execute_script("const {scrollWidth, clientWidth} = document.documentElement; return scrollWidth - clientWidth")
        == 0
    )


def test_print_shows_what_is_closed_and_no_controls(browser: Any) -> None:
    visible = "return [...document.querySelectorAll('.claim math')].filter(formula => formula.checkVisibility()).length"
    assert browser.execute_script(visible) == 0
    screen(browser, 800, dark=True, media="print")
    assert browser.execute_script(visible) == len(CLAIMS)
    assert not browser.find_element(By.ID, "filter").is_displayed()
    assert not browser.find_element(By.TAG_NAME, "nav").is_displayed()
    assert ground(browser) == "rgb(255, 255, 255)"


def test_without_scripts_the_page_can_be_read(browser: Any) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.refresh()
        tree = json.dumps(browser.execute_cdp_cmd("Accessibility.getFullAXTree", {}))
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    assert "the critical gain of erf(x)" in tree
    assert "Close all" not in tree


def test_pictures_and_formulas_are_drawn(browser: Any) -> None:
    browser.find_element(By.ID, "open").click()
    browser.execute_script("document.querySelectorAll('img').forEach(image => image.loading = 'eager')")
    browser.execute_async_script("Promise.all([...document.images].map(image => image.decode())).then(arguments[0])")
    assert browser.execute_script("return [...document.images].every(image => image.naturalWidth > 0)")
    heights = browser.execute_script(
        "return [...document.querySelectorAll('math')].map(one => one.getBoundingClientRect().height)"
    )
    assert len(heights) == len(CLAIMS)
    assert min(heights) > 5


def test_the_page_asks_for_nothing(browser: Any, address: str) -> None:
    loaded = browser.execute_script("return performance.getEntriesByType('resource').map(one => one.name)")
    assert [name for name in loaded if not name.startswith("data:")] == []
    assert Path(address.removeprefix("file://")).exists()
