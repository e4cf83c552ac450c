"""What the page makes of Slack's text formats, looked at in the browser's own DOM."""

from __future__ import annotations

import pytest

from sandbox.workspace.runner import RunningWorkspace

MRKDWN = """async (text) => {
  const { mrkdwn } = await import('/page/js/mrkdwn.js');
  return mrkdwn(text).innerHTML;
}"""
MARKDOWN = """async (text) => {
  const { markdown } = await import('/page/js/markdown.js');
  return markdown(text).innerHTML;
}"""


@pytest.fixture(scope="module")
def shared_page(page_browser):
    with RunningWorkspace() as workspace:
        page = page_browser.new_page()
        page.goto(workspace.url)
        page.get_by_role("link", name="general").wait_for()
        yield page
        page.close()


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*bold* _italic_ ~gone~", "<p><strong>bold</strong> <em>italic</em> <s>gone</s></p>"),
        ("*bold and _both_*", "<p><strong>bold and <em>both</em></strong></p>"),
        ("a*b*c snake_case_name 2 * 3 * 4", "<p>a*b*c snake_case_name 2 * 3 * 4</p>"),
        ("`*code* &lt;b&gt;`", "<p><code>*code* &lt;b&gt;</code></p>"),
        ("one\ntwo", "<p>one<br>two</p>"),
        ("&gt; said\nanswered", "<blockquote>said</blockquote><p>answered</p>"),
        ("&amp;lt; stays", "<p>&amp;lt; stays</p>"),
        (
            "10:30:45 is no emoji, :unknown_name: neither",
            "<p>10:30:45 is no emoji, :unknown_name: neither</p>",
        ),
        ("unclosed *bold and `code", "<p>unclosed *bold and `code</p>"),
    ],
)
def test_mrkdwn_becomes_the_expected_nodes(shared_page, text, html):
    assert shared_page.evaluate(MRKDWN, text) == html


def test_mentions_channels_and_emoji_are_named(shared_page):
    html = shared_page.evaluate(
        MRKDWN, "<@U0000BOB001> in <#C00GENERAL1|old-name> <!channel> :tada: <!date^0^{date_num}|x>"
    )
    for piece in ("@bob", "#general", "@channel", "🎉", "1970-01-01"):
        assert piece in html


def test_links_keep_their_label_and_their_escapes(shared_page):
    html = shared_page.evaluate(MRKDWN, "<https://a.example/?x=1&amp;y=2|R&amp;D> and https://b.example/c.")
    assert 'href="https://a.example/?x=1&amp;y=2"' in html
    assert ">R&amp;D</a>" in html
    assert 'href="https://b.example/c"' in html


def test_a_code_block_keeps_its_lines_and_its_marks(shared_page):
    html = shared_page.evaluate(MRKDWN, "see\n```\nif a &lt; b:\n    *go*\n```\nend")
    assert "<code>if a &lt; b:\n    *go*</code>" in html
    assert html.startswith("<p>see</p>")
    assert html.endswith("<p>end</p>")


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("## Title", 'aria-level="4">Title</p>'),
        ("a **b** *c* ~~d~~ `e`", "<strong>b</strong> <em>c</em> <s>d</s> <code>e</code>"),
        ("- one\n  - two\n- three", "<ul><li>one<ul><li>two</li></ul></li><li>three</li></ul>"),
        ("3. c\n4. d", '<ol start="3"><li>c</li><li>d</li></ol>'),
        ("| a | b |\n|---|--:|\n| 1 | 2 |", '<td class="align-right">2</td>'),
        ("> q", "<blockquote><p>q</p></blockquote>"),
        ("[label](https://a.example/x)", 'href="https://a.example/x"'),
        ("\\*not bold\\*", "<p>*not bold*</p>"),
        ("some_snake_case", "<p>some_snake_case</p>"),
    ],
)
def test_markdown_blocks_become_the_expected_nodes(shared_page, text, piece):
    assert piece in shared_page.evaluate(MARKDOWN, text)
