import type { Language } from "@gatehouse/contract";

interface Waiting {
  readonly requestedBy: string;
  readonly summary: string;
  readonly url: string;
  readonly untilText: string;
}

/** The mail to whoever is able to approve. */
export const NOTICE_WORDS: Readonly<
  Record<Language, (waiting: Waiting) => { readonly subject: string; readonly text: string }>
> = {
  en: ({ requestedBy, summary, url, untilText }) => ({
    subject: `${requestedBy} asks for your approval`,
    text: `${requestedBy} has asked for this, and it needs a second person:\n\n${summary}\n\nApprove or refuse it with a reason until ${untilText}:\n${url}\n`,
  }),
  fr: ({ requestedBy, summary, url, untilText }) => ({
    subject: `${requestedBy} demande votre approbation`,
    text: `${requestedBy} a demandé ceci, qui exige une seconde personne :\n\n${summary}\n\nApprouvez ou refusez avec une raison jusqu’au ${untilText} :\n${url}\n`,
  }),
};
