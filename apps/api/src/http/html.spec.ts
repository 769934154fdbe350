import { html } from './html.js';

describe('html', () => {
  it('takes what is filled in as text, in content and in attributes', () => {
    const evil = `<script>alert("1")</script>&'`;
    expect(html`<p title="${evil}">${evil}</p>`.text).toBe(
      '<p title="&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;">&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;</p>',
    );
  });

  it('puts pieces together, and lists of them', () => {
    expect(html`${html`<b>${1}</b>`}${['a', '<'].map((one) => html`<i>${one}</i>`)}`.text).toBe(
      '<b>1</b><i>a</i><i>&lt;</i>',
    );
  });
});
