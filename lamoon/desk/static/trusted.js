// The only addresses from which the desk starts workers.
const WORKERS = ["/desk/static/tick.js", "/desk/worker.js"];
const check = (address) => {
  if (WORKERS.includes(address)) return address;
  throw new TypeError(`no worker of the desk: ${address}`);
};
const policy = globalThis.trustedTypes?.createPolicy("desk-workers", { createScriptURL: check });

/** The address as a browser with Trusted Types takes it. */
export const workerAt = (address) => (policy ? policy.createScriptURL(address) : check(address));
