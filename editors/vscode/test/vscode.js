// The editor that the tests give to the extension: what Visual Studio Code does with a document
// and with what is registered. Values (places, edits, URIs …) are of VS Code's own sources, from
// `jest-mock-vscode`; nothing here knows of the protocol.
'use strict';

const fs = require('fs');
const path = require('path');
const { createVSCodeMock } = require('jest-mock-vscode');

/** Functions that nobody asks for an answer. */
const quiet = () => Object.assign(() => undefined, { mockReturnValue: quiet, mockImplementation: (run) => run });
const values = createVSCodeMock({ fn: (run) => run || quiet() });
const { Disposable, EventEmitter, Position, Range, Uri, WorkspaceEdit } = values;

/** A class that keeps what it is made with. */
const keeps = (...names) => class {
  constructor(...given) { names.forEach((name, at) => { this[name] = given[at]; }); }
};

class CancellationTokenSource {
  constructor() {
    this.emitter = new EventEmitter();
    this.token = { isCancellationRequested: false, onCancellationRequested: this.emitter.event };
  }
  cancel() {
    this.token.isCancellationRequested = true;
    this.emitter.fire();
  }
  dispose() {}
}

class Hover {
  constructor(contents, range) {
    this.contents = Array.isArray(contents) ? contents : [contents];
    this.range = range;
  }
}

class SignatureInformation {
  constructor(label, documentation) { Object.assign(this, { label, documentation, parameters: [] }); }
}

const missing = {
  CancellationTokenSource,
  CancellationError: class extends Error {},
  CodeActionTriggerKind: { Invoke: 1, Automatic: 2 },
  Hover,
  InlayHint: keeps('position', 'label', 'kind'),
  InlayHintKind: { Type: 1, Parameter: 2 },
  InlayHintLabelPart: keeps('value'),
  ParameterInformation: keeps('label', 'documentation'),
  RelativePattern: keeps('baseUri', 'pattern'),
  SignatureHelp: class {},
  SignatureInformation,
  TabInputCustom: class {},
  TabInputText: keeps('uri'),
  TabInputTextDiff: class {},
};

// -- Documents

const LANGUAGES = { '.theus': 'theus' };
const documents = new Map();
const happened = {};
for (const name of ['Open', 'Change', 'Close', 'WillSave', 'Save']) happened[name] = new EventEmitter();
let active;

class Document {
  constructor(uri, text) {
    Object.assign(this, { uri, version: 1, isClosed: false, isDirty: false, eol: values.EndOfLine.LF });
    this.languageId = LANGUAGES[path.extname(uri.fsPath)] || 'plaintext';
    this.isUntitled = uri.scheme === 'untitled';
    this.fileName = uri.fsPath;
    this.take(text);
  }
  take(text) {
    this.text = text;
    this.starts = [0, ...[...text.matchAll(/\n/g)].map((end) => end.index + 1)];
  }
  get lineCount() { return this.starts.length; }
  end(line) { return line + 1 < this.lineCount ? this.starts[line + 1] - 1 : this.text.length; }
  offsetAt({ line, character }) {
    if (line >= this.lineCount) return this.text.length;
    return Math.min(this.starts[line] + character, this.end(line));
  }
  positionAt(offset) {
    const line = this.starts.findLastIndex((start) => start <= offset);
    return new Position(line, Math.min(offset, this.text.length) - this.starts[line]);
  }
  getText(range) {
    return range ? this.text.slice(this.offsetAt(range.start), this.offsetAt(range.end)) : this.text;
  }
  lineAt(at) {
    const line = typeof at === 'number' ? at : at.line;
    return { lineNumber: line, text: this.text.slice(this.starts[line], this.end(line)) };
  }
  async save() {
    happened.WillSave.fire({ document: this, reason: 1, waitUntil() {} });
    fs.writeFileSync(this.fileName, this.text);
    this.isDirty = false;
    happened.Save.fire(this);
    return true;
  }
}

/** Makes edits as the editor does: places are of the text before, the last one is made first. */
function change(document, edits) {
  const changes = edits.map(({ range, newText }) => {
    const rangeOffset = document.offsetAt(range.start);
    const rangeLength = document.offsetAt(range.end) - rangeOffset;
    return { range: new Range(range.start, range.end), rangeOffset, rangeLength, text: newText };
  });
  changes.sort((a, b) => b.rangeOffset - a.rangeOffset);
  for (const { rangeOffset, rangeLength, text } of changes) {
    const { text: old } = document;
    document.take(old.slice(0, rangeOffset) + text + old.slice(rangeOffset + rangeLength));
  }
  if (changes.length === 0) return;
  document.version += 1;
  document.isDirty = true;
  happened.Change.fire({ document, contentChanges: changes, reason: undefined });
}

const watchers = [];
const tell = (kind, uri) => watchers.forEach((watcher) => watcher[kind].fire(uri));

const settings = {};
const configuration = (section) => ({
  get: (name, otherwise) => settings[[section, name].filter(Boolean).join('.')] ?? otherwise,
  has: () => false,
  inspect: () => undefined,
});

const workspace = {
  name: 'test',
  isTrusted: true,
  workspaceFolders: [],
  notebookDocuments: [],
  get textDocuments() { return [...documents.values()]; },
  onDidOpenTextDocument: happened.Open.event,
  onDidChangeTextDocument: happened.Change.event,
  onDidCloseTextDocument: happened.Close.event,
  onWillSaveTextDocument: happened.WillSave.event,
  onDidSaveTextDocument: happened.Save.event,
  getConfiguration: configuration,
  async openTextDocument(uri) {
    const key = uri.toString();
    if (!documents.has(key)) {
      documents.set(key, new Document(uri, fs.readFileSync(uri.fsPath, 'utf8')));
      happened.Open.fire(documents.get(key));
    }
    return documents.get(key);
  },
  async applyEdit(edit) {
    for (const [uri, edits] of edit.entries()) change(await workspace.openTextDocument(uri), edits);
    return true;
  },
  createFileSystemWatcher() {
    const of = { create: new EventEmitter(), change: new EventEmitter(), delete: new EventEmitter() };
    watchers.push(of);
    return {
      onDidCreate: of.create.event, onDidChange: of.change.event, onDidDelete: of.delete.event, dispose() {},
    };
  },
  fs: {
    async writeFile(uri, bytes) {
      const kind = fs.existsSync(uri.fsPath) ? 'change' : 'create';
      fs.writeFileSync(uri.fsPath, bytes);
      tell(kind, uri);
    },
  },
};
for (const name of ['WorkspaceFolders', 'Configuration']) {
  workspace[`onDidChange${name}`] = new EventEmitter().event;
}
for (const kind of ['Create', 'Delete', 'Rename']) {
  workspace[`onDid${kind}Files`] = new EventEmitter().event;
  workspace[`onWill${kind}Files`] = new EventEmitter().event;
}
for (const kind of ['Open', 'Change', 'Close', 'Save']) {
  workspace[`onDid${kind}NotebookDocument`] = new EventEmitter().event;
}

// -- The window

const said = [];
const note = (level) => async (text) => { said.push(`${level}: ${text}`); };
const log = [];
const channel = () => ({
  append: (text) => log.push(text), appendLine: (text) => log.push(text), clear() {}, show() {}, hide() {}, dispose() {},
});
const tabs = { changed: new EventEmitter(), groupsChanged: new EventEmitter() };
const tab = (document) => ({ input: new missing.TabInputText(document.uri), isActive: active?.document === document });
const window = {
  get activeTextEditor() { return active; },
  get visibleTextEditors() { return active ? [active] : []; },
  onDidChangeActiveTextEditor: new EventEmitter().event,
  tabGroups: {
    get all() { return [{ tabs: [...documents.values()].map(tab) }]; },
    onDidChangeTabs: tabs.changed.event,
    onDidChangeTabGroups: tabs.groupsChanged.event,
  },
  async showTextDocument(document) {
    active = { document, selection: new values.Selection(0, 0, 0, 0) };
    tabs.changed.fire({ opened: [tab(document)], closed: [], changed: [] });
    return active;
  },
  createOutputChannel: channel,
  showErrorMessage: note('error'),
  showWarningMessage: note('warning'),
  showInformationMessage: note('information'),
  withProgress: (_, run) => run({ report() {} }, new CancellationTokenSource().token),
};

// -- What is registered

const providers = {};
const refreshed = new EventEmitter();
const fits = ({ scheme, language, pattern }, document) =>
  (!scheme || scheme === document.uri.scheme) && (!language || language === document.languageId) && !pattern;
const match = (selector, document) =>
  [selector].flat().some((one) => fits(typeof one === 'string' ? { language: one } : one, document)) ? 10 : 0;

const collections = new Set();
class Collection {
  constructor(name) {
    Object.assign(this, { name, of: new Map() });
    collections.add(this);
  }
  set(uri, found) {
    const all = Array.isArray(uri) ? uri : [[uri, found]];
    for (const [one, list] of all) this.of.set(one.toString(), list || []);
    languages.changed.fire();
  }
  get(uri) { return this.of.get(uri.toString()); }
  has(uri) { return this.of.has(uri.toString()); }
  delete(uri) {
    this.of.delete(uri.toString());
    languages.changed.fire();
  }
  clear() { this.of.clear(); }
  forEach(run) { this.of.forEach((found, uri) => run(Uri.parse(uri), found, this)); }
  dispose() { collections.delete(this); }
}

const languages = {
  changed: new EventEmitter(),
  match,
  createDiagnosticCollection: (name) => new Collection(name),
  getDiagnostics: (uri) => [...collections].flatMap((one) => one.get(uri) || []),
};
const KINDS = [
  'CallHierarchy', 'CodeActions', 'CodeLens', 'CompletionItem', 'Definition', 'DocumentFormattingEdit',
  'DocumentHighlight', 'DocumentRangeFormattingEdit', 'DocumentRangeSemanticTokens', 'DocumentSemanticTokens',
  'DocumentSymbol', 'FoldingRange', 'Hover', 'InlayHints', 'OnTypeFormattingEdit', 'Reference', 'Rename',
  'SelectionRange', 'SignatureHelp',
];
for (const kind of KINDS) {
  providers[kind] = [];
  languages[`register${kind}Provider`] = (selector, provider, ...more) => {
    const row = { selector, provider, more };
    providers[kind].push(row);
    for (const name of ['onDidChangeInlayHints', 'onDidChangeCodeLenses']) {
      if (provider[name]) provider[name](() => refreshed.fire(kind));
    }
    return new Disposable(() => { providers[kind] = providers[kind].filter((other) => other !== row); });
  };
}
providers.WorkspaceSymbol = [];
languages.registerWorkspaceSymbolProvider = (provider) => {
  providers.WorkspaceSymbol.push({ provider });
  return new Disposable(() => {});
};
languages.onDidChangeDiagnostics = languages.changed.event;

/** The one provider of a kind for a document. */
async function of(kind, uri) {
  const document = await workspace.openTextDocument(uri);
  const found = providers[kind].filter((row) => match(row.selector, document));
  if (found.length !== 1) throw new Error(`${found.length} providers of ${kind}`);
  return { document, ...found[0] };
}
const token = () => new CancellationTokenSource().token;

const context = (triggerCharacter) => ({ triggerKind: triggerCharacter ? 1 : 0, triggerCharacter });

/**
 * How VS Code asks: the names of its commands, what answers, and what it adds to the arguments.
 * https://code.visualstudio.com/api/references/commands
 */
const ASKED = {
  executeCodeActionProvider: ['CodeActions', 'provideCodeActions', (uri, range) => {
    const diagnostics = languages.getDiagnostics(uri).filter((one) => one.range.intersection(range));
    return [range, { diagnostics, triggerKind: 1 }];
  }],
  executeCodeLensProvider: ['CodeLens', 'provideCodeLenses'],
  executeCompletionItemProvider: ['CompletionItem', 'provideCompletionItems',
    (uri, at, character) => [at, undefined, context(character)]],
  executeDefinitionProvider: ['Definition', 'provideDefinition'],
  executeDocumentHighlights: ['DocumentHighlight', 'provideDocumentHighlights'],
  executeDocumentRenameProvider: ['Rename', 'provideRenameEdits'],
  executeDocumentSymbolProvider: ['DocumentSymbol', 'provideDocumentSymbols'],
  executeFoldingRangeProvider: ['FoldingRange', 'provideFoldingRanges', () => [{}]],
  executeFormatDocumentProvider: ['DocumentFormattingEdit', 'provideDocumentFormattingEdits'],
  executeFormatOnTypeProvider: ['OnTypeFormattingEdit', 'provideOnTypeFormattingEdits'],
  executeFormatRangeProvider: ['DocumentRangeFormattingEdit', 'provideDocumentRangeFormattingEdits'],
  executeHoverProvider: ['Hover', 'provideHover'],
  executeInlayHintProvider: ['InlayHints', 'provideInlayHints'],
  executePrepareRename: ['Rename', 'prepareRename'],
  executeReferenceProvider: ['Reference', 'provideReferences', (uri, at) => [at, { includeDeclaration: true }]],
  executeSelectionRangeProvider: ['SelectionRange', 'provideSelectionRanges'],
  executeSignatureHelpProvider: ['SignatureHelp', 'provideSignatureHelp',
    (uri, at, character) => [at, undefined, { ...context(character), isRetrigger: false }]],
  prepareCallHierarchy: ['CallHierarchy', 'prepareCallHierarchy'],
  provideDocumentSemanticTokens: ['DocumentSemanticTokens', 'provideDocumentSemanticTokens'],
};

/** What is a list of all answers, of one provider or many. */
const LISTS = ['executeDefinitionProvider', 'executeHoverProvider', 'prepareCallHierarchy'];

const ask = {
  async executeWorkspaceSymbolProvider(query) {
    const found = providers.WorkspaceSymbol.map(({ provider }) => provider.provideWorkspaceSymbols(query, token()));
    return (await Promise.all(found)).flat();
  },
  async provideDocumentSemanticTokensLegend(uri) {
    return (await of('DocumentSemanticTokens', uri)).more[0];
  },
  async provideIncomingCalls(item) {
    return (await of('CallHierarchy', item.uri)).provider.provideCallHierarchyIncomingCalls(item, token());
  },
  async provideOutgoingCalls(item) {
    return (await of('CallHierarchy', item.uri)).provider.provideCallHierarchyOutgoingCalls(item, token());
  },
};
for (const [name, [kind, method, given]] of Object.entries(ASKED)) {
  ask[name] = async (uri, ...args) => {
    const { provider, document } = await of(kind, uri);
    const passed = given ? given(uri, ...args) : args;
    // The token is the last argument, or stands where a place is kept for it.
    const place = passed.findIndex((one, at) => at > 0 && one === undefined);
    if (place < 0) passed.push(token());
    else passed[place] = token();
    const answer = await provider[method](document, ...passed);
    return LISTS.includes(name) ? [answer].flat().filter(Boolean) : answer;
  };
}

const registered = new Map(Object.entries(ask).map(([name, run]) => [`vscode.${name}`, run]));
const commands = {
  registerCommand(name, run) {
    registered.set(name, run);
    return new Disposable(() => registered.delete(name));
  },
  async executeCommand(name, ...args) {
    const run = registered.get(name);
    if (!run) throw new Error(`command '${name}' not found`);
    return run(...args);
  },
};

const ran = [];
const tasks = {
  registerTaskProvider: () => new Disposable(() => {}),
  executeTask: async (task) => { ran.push(task); },
};

/** What the tests see, and extensions do not. */
const seen = { said, log, ran, refreshed: refreshed.event, settings };

module.exports = {
  ...values, ...missing, commands, languages, tasks, window, workspace, seen,
  env: { language: 'en', appName: 'Visual Studio Code', openExternal: async () => true },
  ShellExecution: keeps('command', 'args'),
  Task: keeps('definition', 'scope', 'name', 'source', 'execution', 'problemMatchers'),
  version: '1.95.0',
};
