// Changes that are not on the server yet, kept in this browser until they are: a crash, a lost
// network, a server that starts again or a sign-in that has ended loses nothing. One record a
// draft and file, with who typed it (a computer is shared) and the save that it was made from.
const STORE = "unsaved";
const KEEP_DAYS = 60;

export const keyOf = (path) => `draft:${path}`;

// Whether a record is to be offered to this person: hers, and not what the server has anyway.
export function offered(record, { who, content }) {
  return Boolean(record) && record.who === who && record.content !== content;
}

// The save that a restored record counts as made from: her own later saves she has been told of
// and may follow; somebody else's is never replaced (the server keeps both).
export function basis(record, { who, lastBy, version }) {
  return lastBy === who ? version : record.version;
}

// 11-24 15:02, as the pages write moments.
export function moment(at) {
  const two = (number) => String(number).padStart(2, "0");
  const day = new Date(at);
  return `${two(day.getMonth() + 1)}-${two(day.getDate())} ${two(day.getHours())}:${two(day.getMinutes())}`;
}

// Keys of records that nobody has come back for.
export function stale(records, now) {
  return records.filter((one) => now - one.at > KEEP_DAYS * 86_400_000).map((one) => one.key);
}

function asked(request) {
  return new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}

function database() {
  const request = indexedDB.open("bianmin-designer", 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "key" });
  return asked(request);
}

async function within(mode, act) {
  const base = await database();
  try {
    const change = base.transaction(STORE, mode);
    const over = new Promise((done, failed) => {
      change.oncomplete = done;
      change.onabort = change.onerror = () => failed(change.error);
    });
    const found = await act(change.objectStore(STORE));
    await over;
    return found;
  } finally {
    base.close();
  }
}

export const remember = (record) =>
  within("readwrite", (store) => asked(store.put({ ...record, at: Date.now() })));

export const forget = (key) => within("readwrite", (store) => asked(store.delete(key)));

export const recall = (key) =>
  within("readwrite", async (store) => {
    const all = await asked(store.getAll());
    for (const old of stale(all, Date.now())) store.delete(old);
    return all.find((one) => one.key === key);
  });
