import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Handlebars from 'handlebars';
import { findAbove } from '../../platform/find-above';
import type { MailFacts } from './facts';
import type { MailKind, Recipient } from './mails-for';

/** What stands in a mail: the facts, and the name of whoever it is for, where that is known. */
export type MailContent = MailFacts & { readonly name: string | null };

export interface RenderedMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

type Template = (content: MailContent) => string;
interface Templates {
  readonly text: Template;
  readonly html: Template;
}

/** Read when they are first used, and kept. */
const read = new Map<string, Templates>();

/**
 * Fills in a mail's templates.
 * @throws {Error} for a template that is missing, or says something that is no fact
 */
export function renderMail(
  { recipient, kind }: { readonly recipient: Recipient; readonly kind: MailKind },
  content: MailContent,
): RenderedMail {
  const name = `${recipient}/${kind}`;
  const templates = read.get(name) ?? readTemplates(name);
  read.set(name, templates);
  // The text says its subject on its first line, as a draft would.
  const [, subject = '', text = ''] =
    /^Subject: ([^\n]*)\n\n(.*)$/s.exec(templates.text(oneLined(content))) ?? [];
  if (subject === '') throw new Error(`${name}.txt does not begin with a line "Subject: …" and an empty one`);
  return { subject, text, html: templates.html(content) };
}

function readTemplates(name: string): Templates {
  return { text: compile(name, 'txt'), html: compile(name, 'html') };
}

/** Only the page escapes: in text, `&amp;` would stand as it is. */
function compile(name: string, kind: 'txt' | 'html'): Template {
  const handlebars = Handlebars.create();
  for (const partial of ['layout', 'booking']) handlebars.registerPartial(partial, source(partial, kind));
  return handlebars.compile<MailContent>(source(name, kind), { strict: true, noEscape: kind === 'txt' });
}

function source(name: string, kind: 'txt' | 'html'): string {
  const folder = findAbove(__dirname, 'consumers', 'email-notification', 'templates');
  if (!folder)
    throw new Error(`consumers/email-notification/templates is not to be found above ${__dirname}`);
  return readFileSync(join(folder, `${name}.${kind}`), 'utf8');
}

/** What people typed may have line breaks in it, which would end the subject, or look like words of ours. */
function oneLined(content: MailContent): MailContent {
  const said = (text: string | null) => text?.replace(/\s+/g, ' ').trim() ?? null;
  return {
    ...content,
    item: said(content.item) ?? '',
    reason: said(content.reason),
    name: said(content.name),
  };
}
