// Loaded into Azurite before it starts, so that a task hub does not get slower with every orchestration that it remembers. As it is,
// Azurite writes all it has to its files every five seconds, and reads the whole of a table for each query.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.resolve('azurite'));
const { default: TableStore } = require('./table/persistence/LokiTableMetadataStore.js');
const Database = require('lokijs');

/** Writing a database takes no more than this share of the time, however large it is. */
const mostSaving = 1 / 50;

Database.prototype.autosaveEnable = function () {
  this.autosave = true;
  const saveAfter = (wait) => {
    this.autosaveHandle = setTimeout(() => {
      const began = performance.now();
      if (this.autosaveDirty()) {
        this.saveDatabase();
      }

      saveAfter(Math.max(this.autosaveInterval, (performance.now() - began) / mostSaving));
    }, wait);
  };
  saveAfter(this.autosaveInterval);
};

const { queryTableEntities } = TableStore.prototype;

TableStore.prototype.queryTableEntities = function (context, account, table, options, ...rest) {
  const partition = partitionOf(options.filter);
  const store = partition === undefined ? this : onlyPartition(this, partition);
  return queryTableEntities.call(store, context, account, table, options, ...rest);
};

/** The partition that all rows a filter can match are in: it begins with that condition, and no other is joined to it by `or`. */
function partitionOf(filter) {
  const [, name, others] = /^\(?PartitionKey eq '((?:[^']|'')*)'\)?(.*)$/s.exec(filter ?? '') ?? [];
  return name !== undefined && /^( and (\([^()]*\)|(?:(?! or )[^()])*))?$/is.test(others) ? name.replaceAll("''", "'") : undefined;
}

/** A store that finds in its tables only what is in one partition: they have an index for that. */
function onlyPartition(store, PartitionKey) {
  const getEntityCollection = (...names) => {
    const rows = store.getEntityCollection(...names);
    return { chain: () => rows.chain().find({ PartitionKey }) };
  };
  return Object.create(store, { getEntityCollection: { value: getEntityCollection } });
}
