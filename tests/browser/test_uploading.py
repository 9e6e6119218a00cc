"""Journey: photographs from a telephone over a network that comes and goes, to the window and back."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.answers import ACCEPT
from tests.browser.people import PHONE_SIZE
from tests.webapp.cases.test_scanning import png
from webapp.cases import files
from webapp.cases.models import CaseMaterial
from webapp.core import outbox

OLD_AGE = "MZ04"


def photo(number):
    """A picture of some 700 kB, so that it goes in several pieces."""
    return {
        "name": f"照片{number}.png",
        "mimeType": "image/png",
        "buffer": png(60 + number, 40, said=b"x" * 700_000),
    }


def test_three_photographs_over_a_network_that_goes_away(staff, papers):
    """IN-13, IN-15: nothing is lost, nothing comes twice, the page may even be closed meanwhile."""
    agent = staff.sit(
        "station.130123103201", "village.agent",
        viewport=PHONE_SIZE, has_touch=True, is_mobile=True,
    )  # fmt: skip
    page = agent.page
    agent.opens_registration(OLD_AGE)
    page.get_by_label("委托人姓名").fill("赵玉兰")
    page.get_by_label("年老", exact=False).first.check()
    agent.fills_registration(OLD_AGE, applicant_name="赵玉兰")
    line = page.locator("[data-mat]:visible").first
    key = line.get_attribute("data-mat")
    camera = line.locator('input[capture="environment"]')
    expect(line.get_by_text("拍照")).to_be_visible()

    # The line breaks after the first piece of the second photograph.
    pieces = []

    def cut(route):
        pieces.append(route.request.url)
        route.continue_()
        if len(pieces) == 4:
            page.context.set_offline(True)

    page.route("**/uploads/*/?offset=*", cut)
    camera.set_input_files(photo(1))
    line.locator("input[multiple]").set_input_files([photo(2), photo(3)])
    expect(line.locator('[data-is="done"]')).to_have_count(1)
    expect(line.locator('[data-is="away"]')).to_contain_text("接通后自动接着传")
    agent.fits()
    page.unroute("**/uploads/*/?offset=*")
    page.context.set_offline(False)
    expect(line.locator('[data-is="done"]')).to_have_count(3)
    agent.press("提交登记")
    case = agent.registered()
    found = case.attachments.order_by("id")
    assert [one.name for one in found] == ["照片1.png", "照片2.png", "照片3.png"]
    assert {one.material.key for one in found} == {key}
    for number, one in enumerate(found, start=1):
        assert files.path_of(one.sha256).read_bytes() == photo(number)["buffer"]

    # The window looks at the pictures and finds one paper defective; the agent brings it again.
    papers.run(case, until="Task_Examine")
    outbox.deliver()
    window = staff.sit("xinan.centre", "township.window")
    window.opens_item(case)
    sheet = window.page.locator(f'[data-mat="{key}"]')
    expect(sheet.locator("img.file-thumb")).to_have_count(3)
    sheet.locator("details.file").first.locator("summary").click()
    expect(sheet.locator("img.file-page").first).to_be_visible()
    width = "one => one.complete && one.naturalWidth"
    window.page.wait_for_function(
        "() => [...document.querySelectorAll('details[open] img.file-page')]"
        ".every(one => one.complete && one.naturalWidth > 0)"
    )
    assert sheet.locator("img.file-page").first.evaluate(width) > 0
    sheet.get_by_label("不符合", exact=True).check()
    sheet.get_by_placeholder("哪里不符合").fill("照片反光，看不清姓名")
    window.fill(**{**ACCEPT, "outcome": "supplement", "opinion": "照片要重拍。"})
    window.complete()
    assert CaseMaterial.objects.get(case=case, key=key).noticed
    page.goto(f"/cases/{case.pk}/materials/")
    line = page.locator(f'[data-mat="{key}"]')
    line.locator('input[capture="environment"]').set_input_files(photo(4))
    expect(line.locator('[data-is="done"]')).to_have_count(1)
    line.get_by_label("已收", exact=True).check()
    agent.fits()
    agent.press("登记补交，交回审查")
    expect(agent.notice).to_contain_text("登记补交材料")
    assert CaseMaterial.objects.get(case=case, key=key).state == "received"
    assert case.attachments.filter(name="照片4.png").count() == 1


def test_a_page_that_was_closed_goes_on_where_it_stopped(staff, papers):
    """What the browser still holds is sent when the page is opened again; then it holds nothing."""
    case = papers.open("ZR01")
    key = case.materials.order_by("id").first().key
    window = staff.sit("xinan.centre", "township.window")
    page = window.page
    page.goto(f"/cases/{case.pk}/materials/")
    line = page.locator(f'[data-mat="{key}"]')
    page.route("**/uploads/*/?offset=262144", lambda route: route.abort())
    line.locator("input[multiple]").set_input_files(photo(1))
    expect(line.locator('[data-is="away"]')).to_be_visible()
    assert not case.attachments.exists()
    page.unroute("**/uploads/*/?offset=262144")
    page.reload()
    expect(line.locator('[data-is="done"]')).to_have_count(1)
    assert files.path_of(case.attachments.get().sha256).read_bytes() == photo(1)["buffer"]
    page.reload()
    expect(line.locator("details.file")).to_have_count(1)
    expect(line.locator("[data-is]")).to_have_count(0)
