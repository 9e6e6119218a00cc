// What an element's own menu does not offer: what the engine refuses (the server would say so
// anyway, but nobody should be led there).
const REFUSED = [
  /ad-hoc/, /transaction/, /compensation/, /complex/, /script/, /-manual-/, /data-store/, /choreography/,
];

export class Menus {
  constructor(popupMenu) {
    popupMenu.registerProvider("bpmn-replace", 400, this);
    popupMenu.registerProvider("bpmn-append", 400, this);
  }

  getPopupMenuEntries() {
    return (entries) =>
      Object.fromEntries(
        Object.entries(entries).filter(([key]) => !REFUSED.some((one) => one.test(key))),
      );
  }

  getPopupMenuHeaderEntries() {
    return (entries) =>
      Object.fromEntries(Object.entries(entries).filter(([key]) => !REFUSED.some((one) => one.test(key))));
  }
}
Menus.$inject = ["popupMenu"];

export default { __init__: ["countyMenus"], countyMenus: ["type", Menus] };
