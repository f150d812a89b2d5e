"""Texts that try to be more than text: in Markdown, HTML, CSV, SVG, terminals and templates."""

from __future__ import annotations

MARKDOWN = (
    *("[x](http://evil.example)", "![x](http://evil.example/x.png)", "[x][1]\n\n[1]: http://e.vil"),
    *("<http://evil.example>", "http://evil.example/?a=b", "www.evil.example", "a@evil.example"),
    *("@someone", "#1", "org/repo#1", "[^1]\n\n[^1]: note", ":smile:", "- [ ] task", "> [!NOTE]"),
    *("```\n# x\n```", "~~~\n", "    code", "`", "``", "a`|`b", "` ``` `", "\\`", "\\"),
    *("|", "||", "a | b", "\\|", "\\\\|", "\n|a|b|\n|-|-|\n|c|d|\n", "|" * 300, ":--|--:"),
    *(
        "# title\n===\n",
        "\n\n---\n\n",
        "* * *",
        "1. x\n2. y",
        "**x**",
        "__x__",
        "~~x~~",
        "$x$",
        "$$",
    ),
)
MARKUP = (
    *("<script>alert(1)</script>", "</script><script src=//evil.example>", "</style><style>*{}"),
    *("<img src=x onerror=alert(1)>", '" onmouseover="alert(1)', "' autofocus onfocus='x", "<b>"),
    *(
        "<svg onload=alert(1)>",
        "</svg><script>1</script>",
        "</title></desc><a href='//e.vil'>x</a>",
    ),
    *("<!-- ", "-->", "--!>", "<![CDATA[ x ]]>", "]]>", "<?xml version='1.0'?>", "<!DOCTYPE x>"),
    *(
        "<iframe src=javascript:alert(1)>",
        "javascript:alert(1)",
        "data:text/html,<script>1</script>",
    ),
    *("<meta http-equiv=refresh content=0;url=//e.vil>", "<base href=//e.vil>", "<link rel=x>"),
    *("</td></tr></table><h1>x</h1>", "</code></li></ul></details>", "<a href=//e.vil>x</a>"),
    *("&lt;script&gt;", "&#60;b&#62;", "&#x3C;", "&", "&amp", "&nbsp;", "expression(alert(1))"),
    *("}</style>", "*{background:url(//e.vil)}", "<details open ontoggle=alert(1)>", "<textarea>"),
)
TEMPLATES = ("{{ 7 * 7 }}", "{% raw %}", "{# x #}", "{{", "{{{", "}}", "${x}", "<%= x %>", "#{x}")
CELLS = (
    *("=1+1", '=HYPERLINK("//e.vil","x")', "+1", "-1", "-cmd|' /C calc'!A0", "@SUM(A1)", "\t=1"),
    *("\r=1", "\n=1", "\uff1d1+1", 'a"b', '"', '""', '","', "a,b", "a;b", "a\tb", "a\r\nb", "a\rb"),
)
CHARACTERS = (
    *(
        "\x1b[31mred\x1b[0m",
        "\x1b]8;;//e.vil\x07x",
        "\x9b2J",
        "\x00",
        "a\x00b",
        "\x07",
        "\x7f",
        "\x08",
    ),
    *("\u202egnp.exe", "\u2066x\u2069", "\u200b", "\u200d", "\ufeff", "\u00ad", "\u2028", "\u2029"),
    *("\x85", "\U000e0041", "\ufff9", "\ue000", "e\u0301" * 40, "\U0001f468\u200d\U0001f469"),
)
# No UTF-8 file can hold these: they come no further than the memory of a program.
HALVES = ("\ud83d", "x\udc00y", "\udfff\ud800")
LENGTHS = ("", " ", "  x  ", "x" * 20_000, "`" * 300, "<b>" * 3000, "é" * 161, "😀" * 161)
IN_FILES = (*MARKDOWN, *MARKUP, *TEMPLATES, *CELLS, *CHARACTERS, *LENGTHS)
PAYLOADS = (*IN_FILES, *HALVES)
