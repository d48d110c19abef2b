/**
 * The nonce the server put into index.html for this response. Also published as `__webpack_nonce__`, where
 * the scroll lock of dialogs looks for it.
 */
const holder = document.querySelector<HTMLElement>("meta[property='csp-nonce']");

export const cspNonce: string = holder?.nonce ?? "";

(globalThis as { __webpack_nonce__?: string }).__webpack_nonce__ = cspNonce;
