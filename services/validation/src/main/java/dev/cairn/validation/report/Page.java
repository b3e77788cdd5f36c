package dev.cairn.validation.report;

import java.util.List;

/** A page that needs nothing else: no script, no style sheet, no picture beside it. */
public final class Page {
  private static final String STYLE =
      """
      body{font:15px/1.5 system-ui,sans-serif;color:#111;max-width:920px;margin:2em auto;padding:0 1em}
      h1{font-size:1.5em} h2{font-size:1.15em;margin-top:2em} svg{max-width:100%;height:auto}
      svg text{font:12px system-ui,sans-serif;fill:#333} table{border-collapse:collapse;display:block;overflow-x:auto;font-size:13px}
      td{white-space:nowrap} td,th{padding:.25em .8em .25em 0;text-align:left;border-bottom:1px solid #eee;font-variant-numeric:tabular-nums}
      img{width:56px;image-rendering:pixelated;margin:2px} .row img:first-child{margin-right:14px;outline:2px solid #0072B2}
      figcaption,small{color:#555} pre{background:#f6f6f6;padding:1em;overflow:auto;font-size:12px}
      """;

  private final StringBuilder out = new StringBuilder();

  public Page(String title) {
    out.append("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>")
        .append(Svg.escape(title))
        .append("</title><style>")
        .append(STYLE)
        .append("</style>\n<h1>")
        .append(Svg.escape(title))
        .append("</h1>\n");
  }

  public Page heading(String text) {
    return raw("<h2>" + Svg.escape(text) + "</h2>\n");
  }

  public Page paragraph(String text) {
    return raw("<p>" + Svg.escape(text) + "</p>\n");
  }

  /** A drawing under a heading, with words below; nothing where there is no drawing. */
  public Page figure(String heading, String plot, String caption) {
    return plot.isEmpty()
        ? this
        : heading(heading)
            .raw("<figure>" + plot)
            .raw("<figcaption>" + Svg.escape(caption) + "</figcaption></figure>\n");
  }

  /** A row of pictures, the first framed. */
  public Page images(List<String> dataUris) {
    raw("<div class=\"row\">");
    dataUris.forEach(uri -> raw("<img alt=\"\" src=\"" + uri + "\">"));
    return raw("</div>\n");
  }

  /** HTML as it is. */
  public Page raw(String html) {
    out.append(html);
    return this;
  }

  public String done() {
    return out.append("</html>\n").toString();
  }
}
