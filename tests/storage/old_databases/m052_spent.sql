CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE TABLE "runs" (
   "id" TEXT PRIMARY KEY,
   "kind" TEXT NOT NULL,
   "status" TEXT NOT NULL,
   "owner" TEXT NOT NULL,
   "team" TEXT,
   "channel" TEXT,
   "place_kind" TEXT NOT NULL,
   "thread_ts" TEXT,
   "only_me" INTEGER NOT NULL,
   "request" TEXT NOT NULL,
   "created_at" REAL NOT NULL,
   "started_at" REAL,
   "finished_at" REAL,
   "error_ref" TEXT,
   "owner_key" TEXT,
   "channel_key" TEXT,
   "audience" TEXT NOT NULL
);
CREATE INDEX "idx_runs_status"
    ON "runs" ("status");
CREATE INDEX "idx_runs_created_at"
    ON "runs" ("created_at");
CREATE TABLE "run_messages" (
   "run_id" TEXT REFERENCES "runs"("id"),
   "name" TEXT,
   "ts" TEXT,
   PRIMARY KEY ("run_id", "name")
);
CREATE TABLE "run_files" (
   "run_id" TEXT REFERENCES "runs"("id"),
   "name" TEXT,
   "data" BLOB,
   PRIMARY KEY ("run_id", "name")
);
CREATE TABLE "events" (
   "run_id" TEXT REFERENCES "runs"("id"),
   "seq" INTEGER,
   "kind" TEXT,
   "body" TEXT,
   "at" REAL,
   PRIMARY KEY ("run_id", "seq")
);
CREATE TABLE "calls" (
   "id" INTEGER PRIMARY KEY,
   "key" TEXT NOT NULL,
   "run_id" TEXT NOT NULL,
   "model" TEXT NOT NULL,
   "purpose" TEXT,
   "answer" TEXT NOT NULL,
   "input_tokens" INTEGER,
   "output_tokens" INTEGER,
   "finish" TEXT,
   "cost" REAL,
   "at" REAL
);
CREATE INDEX "idx_calls_key"
    ON "calls" ("key");
CREATE INDEX "idx_calls_run_id"
    ON "calls" ("run_id");
CREATE TABLE "prompts" (
   "number" INTEGER PRIMARY KEY,
   "id" TEXT NOT NULL,
   "run_id" TEXT NOT NULL,
   "version" INTEGER NOT NULL,
   "title" TEXT,
   "text" TEXT NOT NULL,
   "seed_text" TEXT,
   "owner" TEXT,
   "team" TEXT,
   "channel" TEXT,
   "place_kind" TEXT,
   "thread_ts" TEXT,
   "only_me" INTEGER,
   "verdict" TEXT,
   "seed_score" REAL,
   "final_score" REAL,
   "holdout_n" INTEGER,
   "metric" TEXT,
   "algorithm" TEXT,
   "created_at" REAL,
   "owner_key" TEXT,
   "channel_key" TEXT,
   "audience" TEXT NOT NULL
, "parent" TEXT NOT NULL DEFAULT '', "family" TEXT NOT NULL DEFAULT '', "status" TEXT NOT NULL DEFAULT 'draft', "status_by" TEXT NOT NULL DEFAULT '', "status_at" REAL);
CREATE UNIQUE INDEX "idx_prompts_id"
    ON "prompts" ("id");
CREATE UNIQUE INDEX "idx_prompts_run_id_version"
    ON "prompts" ("run_id", "version");
CREATE INDEX "idx_prompts_audience"
    ON "prompts" ("audience");
CREATE INDEX "idx_prompts_owner_key"
    ON "prompts" ("owner_key");
CREATE VIRTUAL TABLE "prompts_fts" USING FTS5 (
    "title", "text", "seed_text",
    tokenize='porter unicode61 remove_diacritics 2',
    content="prompts"
);
CREATE TRIGGER "prompts_ai" AFTER INSERT ON "prompts" BEGIN
  INSERT INTO "prompts_fts" (rowid, "title", "text", "seed_text") VALUES (new.rowid, new."title", new."text", new."seed_text");
END;
CREATE TRIGGER "prompts_ad" AFTER DELETE ON "prompts" BEGIN
  INSERT INTO "prompts_fts" ("prompts_fts", rowid, "title", "text", "seed_text") VALUES('delete', old.rowid, old."title", old."text", old."seed_text");
END;
CREATE TRIGGER "prompts_au" AFTER UPDATE ON "prompts" BEGIN
  INSERT INTO "prompts_fts" ("prompts_fts", rowid, "title", "text", "seed_text") VALUES('delete', old.rowid, old."title", old."text", old."seed_text");
  INSERT INTO "prompts_fts" (rowid, "title", "text", "seed_text") VALUES (new.rowid, new."title", new."text", new."seed_text");
END;
CREATE TABLE prompt_vectors (position INTEGER PRIMARY KEY AUTOINCREMENT, embedder TEXT NOT NULL, number INTEGER NOT NULL REFERENCES prompts (number), final BLOB NOT NULL, seed BLOB NOT NULL);
CREATE UNIQUE INDEX "idx_prompt_vectors_embedder_number"
    ON "prompt_vectors" ("embedder", "number");
CREATE INDEX "idx_prompts_family"
    ON "prompts" ("family");
CREATE INDEX "idx_prompts_created_at"
    ON "prompts" ("created_at");
CREATE TABLE "prompt_reviews" (
   "id" INTEGER PRIMARY KEY,
   "number" INTEGER NOT NULL REFERENCES "prompts"("number"),
   "reviewer" TEXT NOT NULL,
   "kind" TEXT NOT NULL,
   "text" TEXT NOT NULL,
   "at" REAL NOT NULL
);
CREATE INDEX "idx_prompt_reviews_number"
    ON "prompt_reviews" ("number");
CREATE TABLE "uploads" (
   "file_id" TEXT PRIMARY KEY,
   "run_id" TEXT NOT NULL,
   "name" TEXT NOT NULL,
   "at" REAL NOT NULL,
   "doomed_at" REAL
, team TEXT NOT NULL DEFAULT '');
CREATE INDEX "idx_uploads_run_id"
    ON "uploads" ("run_id");
CREATE TABLE lessons (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, run_id TEXT NOT NULL, round INTEGER NOT NULL, text TEXT NOT NULL, about TEXT NOT NULL, metric TEXT NOT NULL, gain FLOAT NOT NULL, owner TEXT NOT NULL, team TEXT NOT NULL, channel TEXT NOT NULL, place_kind TEXT NOT NULL, only_me INTEGER NOT NULL, created_at FLOAT NOT NULL, owner_key TEXT NOT NULL, channel_key TEXT NOT NULL, audience TEXT NOT NULL);
CREATE INDEX "idx_lessons_run_id"
    ON "lessons" ("run_id");
CREATE INDEX "idx_lessons_audience"
    ON "lessons" ("audience");
CREATE INDEX "idx_lessons_owner_key"
    ON "lessons" ("owner_key");
CREATE TABLE "lesson_vectors" (
   "embedder" TEXT,
   "number" INTEGER REFERENCES "lessons"("number"),
   "vector" BLOB NOT NULL,
   PRIMARY KEY ("embedder", "number")
);
CREATE TABLE removed_vectors (id INTEGER PRIMARY KEY AUTOINCREMENT, embedder TEXT NOT NULL, position INTEGER NOT NULL);
CREATE TRIGGER prompt_vectors_removed AFTER DELETE ON prompt_vectors BEGIN INSERT INTO removed_vectors (embedder, position) VALUES (old.embedder, old.position); END;
CREATE TABLE store_identity (name TEXT NOT NULL);
CREATE TABLE "result_files" (
   "path" TEXT PRIMARY KEY,
   "run_id" TEXT NOT NULL,
   "digest" TEXT NOT NULL
);
CREATE INDEX "idx_result_files_run_id"
    ON "result_files" ("run_id");
CREATE INDEX "prompts_filtered"
    ON "prompts" ("audience", "owner_key", "channel_key", "owner", "channel", "metric", "created_at", "status", "final_score", "seed_score");
CREATE TABLE "deliveries" (
   "name" TEXT PRIMARY KEY,
   "at" REAL NOT NULL
);
CREATE INDEX "idx_deliveries_at"
    ON "deliveries" ("at");
CREATE TABLE "drafts" (
   "id" TEXT PRIMARY KEY,
   "kind" TEXT NOT NULL,
   "owner" TEXT NOT NULL,
   "team" TEXT NOT NULL,
   "channel" TEXT NOT NULL,
   "thread_ts" TEXT NOT NULL,
   "state" TEXT NOT NULL,
   "body" TEXT NOT NULL,
   "message_ts" TEXT NOT NULL,
   "at" REAL NOT NULL
);
CREATE INDEX "idx_drafts_team_channel_thread_ts"
    ON "drafts" ("team", "channel", "thread_ts");
CREATE INDEX "idx_runs_channel_thread_ts"
    ON "runs" ("channel", "thread_ts");
CREATE TABLE run_commands (number INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, kind TEXT NOT NULL, text TEXT NOT NULL, author TEXT NOT NULL, rounds INTEGER NOT NULL, key TEXT UNIQUE, at DOUBLE PRECISION NOT NULL, taken INTEGER);
CREATE INDEX idx_run_commands_run_id ON run_commands (run_id);
CREATE TABLE run_takes (run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, take INTEGER NOT NULL, PRIMARY KEY (run_id, take));
CREATE TABLE work (run_id TEXT PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE, attempt INTEGER NOT NULL, worker TEXT NOT NULL, outcome TEXT, progress TEXT, at DOUBLE PRECISION NOT NULL);
CREATE TABLE workers (name TEXT PRIMARY KEY, instance TEXT NOT NULL, host TEXT NOT NULL, slots INTEGER NOT NULL, busy INTEGER NOT NULL, started DOUBLE PRECISION NOT NULL, seen DOUBLE PRECISION NOT NULL);
CREATE TABLE leases (name TEXT PRIMARY KEY, holder TEXT NOT NULL, until DOUBLE PRECISION NOT NULL);
CREATE TABLE "outbox" (
   "key" TEXT PRIMARY KEY,
   "run_id" TEXT NOT NULL,
   "at" REAL NOT NULL,
   "ts" TEXT NOT NULL
);
CREATE INDEX "idx_outbox_run_id"
    ON "outbox" ("run_id");
CREATE TABLE slack_installations (key TEXT PRIMARY KEY, team TEXT NOT NULL, team_name TEXT NOT NULL, enterprise TEXT NOT NULL, enterprise_name TEXT NOT NULL, org_wide INTEGER NOT NULL, app TEXT NOT NULL, bot TEXT NOT NULL, bot_user TEXT NOT NULL, bot_name TEXT NOT NULL, scopes TEXT NOT NULL, installer TEXT NOT NULL, token TEXT NOT NULL, refresh_token TEXT NOT NULL, expires_at FLOAT, installed_at FLOAT NOT NULL);
CREATE TABLE slack_teams (team TEXT PRIMARY KEY, enterprise TEXT NOT NULL);
CREATE TABLE slack_departures (key TEXT PRIMARY KEY, reason TEXT NOT NULL, gone_at FLOAT NOT NULL, purge_at FLOAT NOT NULL, purged_at FLOAT, teams TEXT NOT NULL);
CREATE TABLE slack_states (digest TEXT PRIMARY KEY, expires_at FLOAT NOT NULL);
CREATE INDEX "idx_run_messages_ts"
    ON "run_messages" ("ts");
CREATE TABLE "run_reviews" (
   "id" INTEGER PRIMARY KEY,
   "run_id" TEXT NOT NULL,
   "reviewer" TEXT NOT NULL,
   "kind" TEXT NOT NULL,
   "text" TEXT NOT NULL,
   "at" REAL NOT NULL
);
CREATE INDEX "idx_run_reviews_run_id"
    ON "run_reviews" ("run_id");
CREATE TABLE spent (team TEXT NOT NULL, owner TEXT NOT NULL, at DOUBLE PRECISION NOT NULL, cost DOUBLE PRECISION NOT NULL);
INSERT INTO _sqlite_migrations VALUES (1, 'promptbeam', 'm001_runs', '2026-11-26 22:16:13.828338+00:00');
INSERT INTO _sqlite_migrations VALUES (2, 'promptbeam', 'm002_calls', '2026-11-26 22:16:13.828615+00:00');
INSERT INTO _sqlite_migrations VALUES (3, 'promptbeam', 'm003_prompts', '2026-11-26 22:16:13.831208+00:00');
INSERT INTO _sqlite_migrations VALUES (4, 'promptbeam', 'm004_versions_and_reviews', '2026-11-26 22:16:13.835921+00:00');
INSERT INTO _sqlite_migrations VALUES (5, 'promptbeam', 'm005_uploads', '2026-11-26 22:16:13.836142+00:00');
INSERT INTO _sqlite_migrations VALUES (6, 'promptbeam', 'm006_lessons', '2026-11-26 22:16:13.836509+00:00');
INSERT INTO _sqlite_migrations VALUES (7, 'promptbeam', 'm007_deletion', '2026-11-26 22:16:13.836781+00:00');
INSERT INTO _sqlite_migrations VALUES (8, 'promptbeam', 'm008_filter_index', '2026-11-26 22:16:13.836888+00:00');
INSERT INTO _sqlite_migrations VALUES (9, 'promptbeam', 'm010_deliveries_and_drafts', '2026-11-26 22:16:13.837240+00:00');
INSERT INTO _sqlite_migrations VALUES (10, 'promptbeam', 'm020_shared_work', '2026-11-26 22:16:13.837502+00:00');
INSERT INTO _sqlite_migrations VALUES (11, 'promptbeam', 'm021_outbox', '2026-11-26 22:16:13.837700+00:00');
INSERT INTO _sqlite_migrations VALUES (12, 'promptbeam', 'm030_slack_workspaces', '2026-11-26 22:16:13.838150+00:00');
INSERT INTO _sqlite_migrations VALUES (13, 'promptbeam', 'm050_messages_by_timestamp', '2026-11-26 22:16:13.838263+00:00');
INSERT INTO _sqlite_migrations VALUES (14, 'promptbeam', 'm051_reviews_of_runs', '2026-11-26 22:16:13.838451+00:00');
INSERT INTO _sqlite_migrations VALUES (15, 'promptbeam', 'm052_spent', '2026-11-26 22:16:13.838540+00:00');
INSERT INTO runs VALUES ('r-1', 'optimize', 'done', 'alice', 'T1', 'C-open', 'public', '1.5', 0, '{"prompt": "Sort: \ud83d \u00e9"}', 1000.0, NULL, NULL, NULL, 'T1/alice', 'T1/C-open', 'workspace/T1');
INSERT INTO runs VALUES ('r-2', 'optimize', 'queued', 'alice', 'T1', 'C-lab', 'private', '', 0, '{"prompt": "Sort: \ud83d \u00e9"}', 1000.0, NULL, NULL, NULL, 'T1/alice', 'T1/C-lab', 'members/T1/C-lab');
INSERT INTO run_messages VALUES ('r-1', 'parent', '17.5');
INSERT INTO run_messages VALUES ('r-2', 'parent', '17.5');
INSERT INTO run_files VALUES ('r-1', 'examples/0', X'746578742C6C6162656C0D0AFF2C610A');
INSERT INTO run_files VALUES ('r-2', 'examples/0', X'746578742C6C6162656C0D0AFF2C610A');
INSERT INTO events VALUES ('r-1', 0, 'baseline_scored', '{"kind": "baseline_scored", "score": 0.5, "n": 10, "unparseable": 0}', 1.79573137385081315038e+09);
INSERT INTO events VALUES ('r-1', 1, 'gradients_summarised', '{"kind": "gradients_summarised", "round": 1, "summary": "It''s the ''labels''; they overlap."}', 1.79573137385086870196e+09);
INSERT INTO events VALUES ('r-2', 0, 'baseline_scored', '{"kind": "baseline_scored", "score": 0.5, "n": 10, "unparseable": 0}', 1.79573137734834647181e+09);
INSERT INTO events VALUES ('r-2', 1, 'gradients_summarised', '{"kind": "gradients_summarised", "round": 1, "summary": "It''s the ''labels''; they overlap."}', 1.79573137734839081763e+09);
INSERT INTO calls VALUES (1, 'k1', 'r-1', 'm', 'task', 'ja
''', 10, 2, 'stop', NULL, 1.79573137743128228181e+09);
INSERT INTO prompts VALUES (1, 'p-1', 'r-1', 1, 'Tickets', 'Sort the support tickets of r-1.
By topic; ''quoted'', {text}', 'Sort the ticket: {text}', 'alice', 'T1', 'C-open', 'public', '1.5', 0, 'better', 0.5, 0.75, 80, 'label', 'racing', 1000.0, 'T1/alice', 'T1/C-open', 'workspace/T1', '', 'r-1', 'draft', '', NULL);
INSERT INTO prompts VALUES (2, 'p-2', 'r-2', 1, 'Tickets', 'Sort the support tickets of r-2.
By topic; ''quoted'', {text}', 'Sort the ticket: {text}', 'alice', 'T1', 'C-lab', 'private', '', 0, 'better', 0.5, 0.75, 80, 'label', 'racing', 1000.0, 'T1/alice', 'T1/C-lab', 'members/T1/C-lab', '', 'r-2', 'draft', '', NULL);
INSERT INTO store_identity VALUES ('4a4a2d5a3c55f28a');
