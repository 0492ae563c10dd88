// Ticks once a second: a page in the background gets no ticks of its own for up to a minute.
setInterval(() => postMessage(0), 1000);
