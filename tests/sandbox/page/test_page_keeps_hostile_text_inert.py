"""Nothing that a person or an app writes may become markup or a dangerous link."""

from __future__ import annotations

from page_app import PROMPTS, mrkdwn, plain

HOSTILE = [
    "<script>window.pwned = true</script>",
    "<img src=x onerror='window.pwned = true'>",
    "&lt;img src=x onerror=window.pwned=true&gt;",
    "<javascript:window.pwned=true|click me>",
    "[click me](javascript:window.pwned=true)",
    '<https://ok.example/"onmouseover="window.pwned=true|hover>',
    "```</code></pre><svg onload=window.pwned=true>```",
    "*<b>bold</b>* `<i>` ~<u>~ > <iframe src=javascript:window.pwned=true>",
    "<data:text/html,<script>window.pwned=true</script>|data>",
    "<!channel|<img src=x onerror=window.pwned=true>>",
]
AUDIT = """(root) => {
  const wrong = [];
  for (const node of (root ?? document.body).querySelectorAll('*')) {
    if (['SCRIPT', 'IFRAME', 'OBJECT', 'EMBED'].includes(node.tagName)) wrong.push(node.outerHTML);
    for (const { name, value } of node.attributes) {
      if (name.startsWith('on')) wrong.push(`${node.tagName} ${name}`);
      if (['href', 'src', 'action'].includes(name) && !/^(https?:|mailto:|blob:|#|\\/)/.test(value)) wrong.push(value);
    }
  }
  return wrong;
}"""
FUZZ = """async ([pieces, rounds]) => {
  const [{ mrkdwn }, { markdown }, { richText }] = await Promise.all(
    ['mrkdwn', 'markdown', 'richtext'].map((name) => import(`/page/js/${name}.js`)));
  let seed = 7;
  const random = (n) => { seed = (seed * 1103515245 + 12345) % 2147483648; return seed % n; };
  const box = document.createElement('div');
  for (let i = 0; i < rounds; i += 1) {
    const chosen = Array.from({ length: 1 + random(9) }, () => pieces[random(pieces.length)]);
    const text = chosen.join(random(2) ? '' : '\\n');
    const inline = [
      { type: 'text', text }, { type: 'link', url: text, text }, { type: 'emoji', name: text, unicode: text },
    ];
    box.append(mrkdwn(text), markdown(text), richText({ elements: [
      { type: 'rich_text_section', elements: inline },
      { type: 'rich_text_preformatted', language: 'diff', elements: [{ type: 'text', text }] },
      { type: text, elements: [{ type: 'text', text }] }] }));
  }
  document.body.append(box);
  return box.childElementCount;
}"""
PIECES = [
    *HOSTILE,
    *("<", ">", "&lt;", "&gt;", "&amp;", "|", "*", "_", "~", "`", "```", "[", "](", ")", "a", "é", "🎉", " "),
    *('"', "'", "onerror=", "http://", "javascript:", "JAVASCRIPT:", ":tada:"),
    *("\n", "\n> ", "\n- ", "\n1. ", "\n# ", " ", "\x00", "\u202e", "| a | b |\n|---|---|\n| 1 | 2 |\n"),
    *("<@U000ALICE01>", "<@", "<#C00GENERAL1>", "<!here>", "https://a.example"),
    "<!date^1^{date}^javascript:window.pwned=true|x>",
]


def hostile_blocks(text: str) -> list[dict]:
    return [
        {"type": "header", "text": plain(text[:150])},
        {"type": "section", "text": mrkdwn(text), "fields": [mrkdwn(text), plain(text)]},
        {"type": "context", "elements": [mrkdwn(text)]},
        {"type": "markdown", "text": text},
        {"type": "actions", "elements": [{"type": "button", "text": plain(text[:75]), "action_id": "b"}]},
        {
            "type": "rich_text",
            "elements": [
                {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]},
                {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": text}]},
            ],
        },
    ]


def test_hostile_blocks_from_an_app_show_as_text(bot, visit):
    page = visit(place=f"#/c/{PROMPTS}")
    for text in HOSTILE:
        bot.chat_postMessage(channel=PROMPTS, text=text, blocks=hostile_blocks(text))
    bot.chat_postMessage(channel=PROMPTS, text="the last one")
    page.get_by_text("the last one").wait_for()
    assert page.evaluate(AUDIT) == []
    assert page.evaluate("window.pwned") is None
    assert page.get_by_role("link", name="click me").count() == 0


def test_hostile_text_from_a_person_shows_as_typed(visit):
    page = visit(place=f"#/c/{PROMPTS}")
    box = page.get_by_label("Message #prompts")
    box.fill("<script>window.pwned = true</script> & <b>me</b>")
    box.press("Enter")
    page.get_by_text("<script>window.pwned = true</script> & <b>me</b>").wait_for()
    assert page.evaluate(AUDIT) == []
    assert page.evaluate("window.pwned") is None


def test_no_mixture_of_hostile_pieces_becomes_markup(visit):
    page = visit()
    assert page.evaluate(FUZZ, [PIECES, 1500]) == 4500
    assert page.evaluate(AUDIT) == []
    assert page.evaluate("window.pwned") is None


def test_pictures_of_other_machines_are_named_but_not_loaded(bot, visit):
    page = visit()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    bot.chat_postMessage(
        channel="C00PROMPTS1",
        text="a tracking picture",
        blocks=[{"type": "image", "image_url": "https://tracker.example/p.png", "alt_text": "a pixel"}],
    )
    page.get_by_text("Picture not loaded from tracker.example").wait_for()
    assert [url for url in asked if "tracker.example" in url] == []
