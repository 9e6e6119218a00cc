// The catalogue of actions as choices: `issue-document:D05`, `stop-clock:promised`, `notify`.
const CLOCKS = { "start-clock": "起算", "stop-clock": "暂停", "resume-clock": "恢复", "extend-clock": "延长", "end-clock": "终结" };
const FIRST = {
  to: "applicant", papers: "materials", template: "progress", cause: "特别程序", until: "", message: "message",
  connector: "connector", days: "5", department: "department", opinion: "no_objection",
};
const LISTS = { status: "Status", result: "Result", papers: "Papers", opinion: "Opinion", clock: "Clock" };

export function grouped(operations, documents, clocks) {
  const known = new Set(operations.map((one) => one.name));
  const rest = operations.filter((one) => !CLOCKS[one.name] && one.name !== "issue-document");
  return [
    { title: "发出文书", choices: documents.map((one) => ({ value: `issue-document:${one.value}`, label: one.label })) },
    ...Object.entries(CLOCKS).filter(([name]) => known.has(name)).map(([name, verb]) => ({
      title: `${verb}时限`,
      choices: clocks.map((one) => ({ value: `${name}:${one.value}`, label: `${verb}${one.label}` })),
    })),
    { title: "其他动作", choices: rest.map((one) => ({ value: one.name, label: one.label })) },
  ].filter((one) => one.choices.length);
}

// The attributes of an action as it is first put in: everything that it cannot do without.
export function actionValues(chosen, operations, lists) {
  const [name, about] = chosen.split(":");
  const operation = operations.find((one) => one.name === name);
  const values = { on: "complete", do: name };
  for (const wanted of operation?.requires ?? []) {
    if (wanted === "document") values.document = about ?? lists.documents?.[0]?.value ?? "";
    else if (wanted === "clock") values.clock = about ?? lists.Clock?.[0]?.value ?? "";
    else values[wanted] = FIRST[wanted] ?? lists[LISTS[wanted]]?.[0]?.value ?? "";
  }
  return values;
}
