// The frame every part of the HTML report has, and what stands in an empty one.
import { html, type Markup } from '../html.js';

export function section(title: string, sub: string, content: Markup): Markup {
  return html`<section><h2>${title}</h2><p class="sub">${sub}</p>${content}</section>`;
}

export function none(text: string): Markup {
  return html`<p class="sub">${text}</p>`;
}
