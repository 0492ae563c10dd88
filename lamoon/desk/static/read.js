// Shared by the pages that refresh themselves.

/** The header of a request while nobody looks at the page: it does not keep the session. */
export const UNATTENDED = "X-Unattended";
const PATIENCE = 8_000; // milliseconds

/** The page as the server has it now. A fetched document runs no scripts. */
export function read(address) {
  return fetched("GET", address);
}

/** What the server answers to a form. */
export function send(address, form) {
  return fetched("POST", address, form);
}

function fetched(method, address, body) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, address);
    request.responseType = "document";
    request.timeout = PATIENCE;
    if (document.hidden) request.setRequestHeader(UNATTENDED, "1");
    request.onload = () => (request.status === 200 && request.response ? resolve(request.response) : reject(request.status));
    request.onerror = request.ontimeout = reject;
    request.send(body);
  });
}
