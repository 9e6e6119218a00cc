// What the simulation of tokens says, in Chinese: it asks no translation of its words.
const WORDS = {
  "Play/Pause Simulation": "继续或暂停",
  "Pause Simulation": "已暂停",
  "Play Simulation": "继续走",
  "Reset Simulation": "从头再来",
  "Toggle Simulation Log": "经过",
  "Simulation Log": "经过",
  "No Entries": "还没有走过一步。点开始处的 ▶。",
  "Close": "关闭",
  "Trigger Event": "往下走",
  "Set Sequence Flow": "换一条线走",
  "Add pause point": "走到这里停一下",
  "Remove pause point": "走到这里不停",
  "Set animation speed = Slow": "慢",
  "Set animation speed = Normal": "中速",
  "Set animation speed = Fast": "快",
  "Found unsupported elements": "有的元素不能演示",
  "Not supported": "不能演示",
  "Finished": "走完了",
  "Process": "流程",
  "SubProcess": "子流程",
  "Task": "任务",
  "User Task": "环节",
  "Service Task": "动作",
  "Call Activity": "共用部分",
  "Script Task": "脚本",
  "Business Rule Task": "决策",
  "Manual Task": "手工任务",
  "Receive Task": "等待来件",
  "Send Task": "发出",
  "Exclusive Gateway": "判断",
  "Parallel Gateway": "并行",
  "Inclusive Gateway": "多选",
  "Start Event": "开始",
  "Intermediate Event": "中间事件",
  "Boundary Event": "边界事件",
  "End Event": "结束",
};
const ENDINGS = { started: "开始", finished: "走完", canceled: "中止" };

export function inChinese(text) {
  if (Object.hasOwn(WORDS, text)) return WORDS[text];
  if (text.startsWith("Focus process instance ")) return "只看这一件的令牌";
  const [, name, ending] = /^(.+) (started|finished|canceled)$/.exec(text) ?? [];
  return ending ? `${inChinese(name)}：${ENDINGS[ending]}` : text;
}
