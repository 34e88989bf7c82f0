-- A project's file as schema 1 had it: made by its code, written down by SQLite's dump.
PRAGMA application_id = 1098016110;
PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'arena','0001_core','2026-11-22 09:11:15.058145+00:00');
CREATE TABLE destination (
    code TEXT PRIMARY KEY,
    position INTEGER NOT NULL UNIQUE,
    destination_group TEXT NOT NULL CHECK (destination_group IN ('work', 'studies', 'other', 'unknown')),
    name TEXT NOT NULL,
    name_en TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "destination" VALUES('job',1,'work','Job','Job');
INSERT INTO "destination" VALUES('moved',5,'other','Moved','Moved');
INSERT INTO "destination" VALUES('no_contact',6,'unknown','No_Contact','No_Contact');
INSERT INTO "destination" VALUES('own_firm',2,'work','Own_Firm','Own_Firm');
INSERT INTO "destination" VALUES('school',3,'studies','School','School');
INSERT INTO "destination" VALUES('sick',4,'other','Sick','Sick');
INSERT INTO "destination" VALUES('unknown',7,'unknown','Unknown','Unknown');
CREATE TABLE exit_type (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    name_en TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "exit_type" VALUES('completed','avslutad','completed');
INSERT INTO "exit_type" VALUES('deceased','avliden','deceased');
INSERT INTO "exit_type" VALUES('discontinued','avbrott','discontinued');
INSERT INTO "exit_type" VALUES('misregistered','felregistrerad','misregistered');
INSERT INTO "exit_type" VALUES('transferred','överflyttad','transferred');
CREATE TABLE journal (
    seq INTEGER PRIMARY KEY,
    change INTEGER NOT NULL,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    command TEXT NOT NULL,
    why TEXT,
    undoes INTEGER,
    subject TEXT NOT NULL,
    record INTEGER NOT NULL,
    before TEXT,
    after TEXT,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;
INSERT INTO "journal" VALUES(1,1,'2018-04-15T08:00:00+00:00','tester','init',NULL,NULL,'project',1,NULL,'{"age_from":15,"age_to":64,"code":"provet","demo":0,"ends_on":"2018-03-31","fund_rules":"esf-2014","funding":"","id":1,"name":"Provprojektet","name_en":"The test project","owner":"Provregionen","planned_participants":null,"starts_on":"2015-09-01","target_group":""}','0000000000000000000000000000000000000000000000000000000000000000','9762dfd96edab178c4673a3fd054876fb0fab272655c3033042e7860855ed5c9');
INSERT INTO "journal" VALUES(2,1,'2018-04-15T08:00:00+00:00','tester','init',NULL,NULL,'municipality',1,NULL,'{"code":"2303","name":"Ragunda kommun","short_name":"Ragunda"}','9762dfd96edab178c4673a3fd054876fb0fab272655c3033042e7860855ed5c9','2cba5f5966b732959cac84776eb575858ca3bf5c4f2e85a08b812f73d65369aa');
INSERT INTO "journal" VALUES(3,1,'2018-04-15T08:00:00+00:00','tester','init',NULL,NULL,'municipality',2,NULL,'{"code":"2305","name":"Bräcke kommun","short_name":"Bräcke"}','2cba5f5966b732959cac84776eb575858ca3bf5c4f2e85a08b812f73d65369aa','a20977a676499277dbe08a95bccfd64e8a14783e1d7a933e80fdd1c29a4d1b5b');
INSERT INTO "journal" VALUES(4,1,'2018-04-15T08:00:00+00:00','tester','init',NULL,NULL,'municipality',3,NULL,'{"code":"2321","name":"Åre kommun","short_name":"Åre"}','a20977a676499277dbe08a95bccfd64e8a14783e1d7a933e80fdd1c29a4d1b5b','37dc24a54af0ced9f7a936ac1e906cd32c6987d1e5643079e2b20763b167e85b');
INSERT INTO "journal" VALUES(5,1,'2018-04-15T08:00:00+00:00','tester','init',NULL,NULL,'municipality',4,NULL,'{"code":"2380","name":"Östersund kommun","short_name":"Östersund"}','37dc24a54af0ced9f7a936ac1e906cd32c6987d1e5643079e2b20763b167e85b','73f97b805ed7769d5129040a5b1fb70367389d802e498376e6f7986030fc79d1');
INSERT INTO "journal" VALUES(6,1,'2018-04-15T08:00:00+00:00','tester','init',NULL,NULL,'step',1,NULL,'{"code":"a","description":"","description_en":"","name":"Steg a","name_en":"Step a","position":1}','73f97b805ed7769d5129040a5b1fb70367389d802e498376e6f7986030fc79d1','1d3ae74e4e6569603f557525bff2c69894e6bde4fdc5c85482ed8813ff2f9893');
INSERT INTO "journal" VALUES(7,1,'2018-04-15T08:00:00+00:00','tester','init',NULL,NULL,'step',2,NULL,'{"code":"b","description":"","description_en":"","name":"Steg b","name_en":"Step b","position":2}','1d3ae74e4e6569603f557525bff2c69894e6bde4fdc5c85482ed8813ff2f9893','37bd379541cfd29b06ef8dbd84bbd93429461ebd0831a99f44dee895d1ca704e');
INSERT INTO "journal" VALUES(8,1,'2018-04-15T08:00:00+00:00','tester','init',NULL,NULL,'step',3,NULL,'{"code":"c","description":"","description_en":"","name":"Steg c","name_en":"Step c","position":3}','37bd379541cfd29b06ef8dbd84bbd93429461ebd0831a99f44dee895d1ca704e','6f394ffbbc1a1b3209da1ba5c937eb9d8a8a02ff3df97e514df2936349dca4c9');
INSERT INTO "journal" VALUES(9,1,'2018-04-15T08:00:00+00:00','tester','init',NULL,NULL,'step',4,NULL,'{"code":"d","description":"","description_en":"","name":"Steg d","name_en":"Step d","position":4}','6f394ffbbc1a1b3209da1ba5c937eb9d8a8a02ff3df97e514df2936349dca4c9','9e0cf746c3f45dbc8d44da941600dca81bf3796af9946b05bda561864ae24296');
INSERT INTO "journal" VALUES(10,1,'2018-04-15T08:00:00+00:00','tester','init',NULL,NULL,'destination',1,NULL,'{"code":"job","destination_group":"work","name":"Job","name_en":"Job","position":1}','9e0cf746c3f45dbc8d44da941600dca81bf3796af9946b05bda561864ae24296','36c1f16657e6a57c9f26bb686a2e0c8af4a46252560461f12322d76aac1e634e');
INSERT INTO "journal" VALUES(11,1,'2018-04-15T08:00:00+00:00','tester','init',NULL,NULL,'destination',2,NULL,'{"code":"own_firm","destination_group":"work","name":"Own_Firm","name_en":"Own_Firm","position":2}','36c1f16657e6a57c9f26bb686a2e0c8af4a46252560461f12322d76aac1e634e','b59e9b334728f66b926f13eee176d70840a21b140b0e1518ec17a84f0db99147');
INSERT INTO "journal" VALUES(12,1,'2018-04-15T08:00:00+00:00','tester','init',NULL,NULL,'destination',3,NULL,'{"code":"school","destination_group":"studies","name":"School","name_en":"School","position":3}','b59e9b334728f66b926f13eee176d70840a21b140b0e1518ec17a84f0db99147','f75c0344f2366dbb78d8096b0936576d8309e3e2f356c0e9cff0302a81a8db9d');
INSERT INTO "journal" VALUES(13,1,'2018-04-15T08:00:00+00:00','tester','init',NULL,NULL,'destination',4,NULL,'{"code":"sick","destination_group":"other","name":"Sick","name_en":"Sick","position":4}','f75c0344f2366dbb78d8096b0936576d8309e3e2f356c0e9cff0302a81a8db9d','955dfbe5d442aa072fcca8df47a9d208f6df1fb9d84dfeb7d55284c2a48b4771');
INSERT INTO "journal" VALUES(14,1,'2018-04-15T08:00:00+00:00','tester','init',NULL,NULL,'destination',5,NULL,'{"code":"moved","destination_group":"other","name":"Moved","name_en":"Moved","position":5}','955dfbe5d442aa072fcca8df47a9d208f6df1fb9d84dfeb7d55284c2a48b4771','fab3cee923f97203047693857db04517ddaa68329ce0142f644969443642275b');
INSERT INTO "journal" VALUES(15,1,'2018-04-15T08:00:00+00:00','tester','init',NULL,NULL,'destination',6,NULL,'{"code":"no_contact","destination_group":"unknown","name":"No_Contact","name_en":"No_Contact","position":6}','fab3cee923f97203047693857db04517ddaa68329ce0142f644969443642275b','404aa4a05d8e23e6b23381fcc404b89e39f2b2138ea480ea09a74ac98f2f36c7');
INSERT INTO "journal" VALUES(16,1,'2018-04-15T08:00:00+00:00','tester','init',NULL,NULL,'destination',7,NULL,'{"code":"unknown","destination_group":"unknown","name":"Unknown","name_en":"Unknown","position":7}','404aa4a05d8e23e6b23381fcc404b89e39f2b2138ea480ea09a74ac98f2f36c7','ae6e991d254bd5845c58a6f784d493d11aeb5bbc169aa47827aa9db869847a17');
INSERT INTO "journal" VALUES(17,1,'2018-04-15T08:00:00+00:00','tester','init',NULL,NULL,'referral',1,NULL,'{"code":"af","name":"Arbetsförmedlingen","name_en":"Public Employment Service","position":1}','ae6e991d254bd5845c58a6f784d493d11aeb5bbc169aa47827aa9db869847a17','0aecf82421a70776be04a4952e9a6a10ebb5ba559433cf43a8ec60686f2b55d3');
INSERT INTO "journal" VALUES(18,2,'2016-10-20T10:00:00Z','anna','add-participant',NULL,NULL,'participant',1,NULL,'{"birth_year":1985,"code":"NH52-HG","ref":"norr-1","registered_at":"2016-10-20T10:00:00Z","sex":"woman"}','0aecf82421a70776be04a4952e9a6a10ebb5ba559433cf43a8ec60686f2b55d3','3aadd893f849ec5e12b542f879f0d2b31d3602cad513800d57fe530f7ab4e66d');
INSERT INTO "journal" VALUES(19,2,'2016-10-20T10:00:00Z','anna','add-participant',NULL,NULL,'spell',1,NULL,'{"destination":null,"entered_on":"2016-03-10","exit_type":null,"exited_on":null,"municipality":"2305","participant_id":1,"referral":null,"registered_at":"2016-10-20T10:00:00Z"}','3aadd893f849ec5e12b542f879f0d2b31d3602cad513800d57fe530f7ab4e66d','7da6758bac8ab40ebcb7977ce757c58b3c4bb190eff9f9736c3a502d6265140f');
INSERT INTO "journal" VALUES(20,2,'2016-10-20T10:00:00Z','anna','add-participant',NULL,NULL,'step_move',1,NULL,'{"moved_on":"2016-03-10","registered_at":"2016-10-20T10:00:00Z","spell_id":1,"step":"a"}','7da6758bac8ab40ebcb7977ce757c58b3c4bb190eff9f9736c3a502d6265140f','1eb9ab0865d9c573dc7168a71ffd9586a9f4db48fa7eb326c8e740d31811b893');
INSERT INTO "journal" VALUES(21,3,'2016-10-20T10:01:00Z','anna','add-participant',NULL,NULL,'participant',2,NULL,'{"birth_year":null,"code":"ZAHR-DG","ref":null,"registered_at":"2016-10-20T10:01:00Z","sex":"man"}','1eb9ab0865d9c573dc7168a71ffd9586a9f4db48fa7eb326c8e740d31811b893','428f58928b7ac5a45ea3bf72154f38a7d64d33bb7b18fb170165574c9b92b534');
INSERT INTO "journal" VALUES(22,3,'2016-10-20T10:01:00Z','anna','add-participant',NULL,NULL,'spell',2,NULL,'{"destination":null,"entered_on":"2016-03-11","exit_type":null,"exited_on":null,"municipality":"2321","participant_id":2,"referral":"af","registered_at":"2016-10-20T10:01:00Z"}','428f58928b7ac5a45ea3bf72154f38a7d64d33bb7b18fb170165574c9b92b534','3780af365e5617da94bbb46ab8f48ac501aeba77b14b0c00d79d2610115c472f');
INSERT INTO "journal" VALUES(23,4,'2016-10-20T10:02:00Z','anna','add-participant',NULL,NULL,'participant',3,NULL,'{"birth_year":null,"code":"4V63-G0","ref":null,"registered_at":"2016-10-20T10:02:00Z","sex":"unknown"}','3780af365e5617da94bbb46ab8f48ac501aeba77b14b0c00d79d2610115c472f','1c003905d7ea5b216e785f3a19874bae0fe2a2e9e075900d36ebd0e1b520ac34');
INSERT INTO "journal" VALUES(24,4,'2016-10-20T10:02:00Z','anna','add-participant',NULL,NULL,'spell',3,NULL,'{"destination":null,"entered_on":"2016-02-29","exit_type":null,"exited_on":null,"municipality":"2380","participant_id":3,"referral":null,"registered_at":"2016-10-20T10:02:00Z"}','1c003905d7ea5b216e785f3a19874bae0fe2a2e9e075900d36ebd0e1b520ac34','04d22c451c85342ab5011d2cd9aec3abfc0447fff7f1b03d1aa00d6a442cf149');
INSERT INTO "journal" VALUES(25,4,'2016-10-20T10:02:00Z','anna','add-participant',NULL,NULL,'step_move',2,NULL,'{"moved_on":"2016-02-29","registered_at":"2016-10-20T10:02:00Z","spell_id":3,"step":"c"}','04d22c451c85342ab5011d2cd9aec3abfc0447fff7f1b03d1aa00d6a442cf149','095f25a627ba420a65c5cbb4575ee64e3b2f19b15f799344352e69d410313968');
INSERT INTO "journal" VALUES(26,5,'2016-10-20T10:03:00Z','anna','move-participant',NULL,NULL,'step_move',3,NULL,'{"moved_on":"2016-04-01","registered_at":"2016-10-20T10:03:00Z","spell_id":1,"step":"b"}','095f25a627ba420a65c5cbb4575ee64e3b2f19b15f799344352e69d410313968','d487b5cfc8fa38b72bd17563a5cf3a1a030755dbd9e428fd4c32e3633ba8e976');
INSERT INTO "journal" VALUES(27,6,'2016-10-20T10:04:00Z','anna','transfer-participant',NULL,NULL,'spell',1,'{"exit_type":null,"exited_on":null}','{"exit_type":"transferred","exited_on":"2016-05-02"}','d487b5cfc8fa38b72bd17563a5cf3a1a030755dbd9e428fd4c32e3633ba8e976','cb93b4e8c5b0991fe1e834df0f52922d1aea1bee0b3864456c91e6c9879cffcf');
INSERT INTO "journal" VALUES(28,6,'2016-10-20T10:04:00Z','anna','transfer-participant',NULL,NULL,'spell',4,NULL,'{"destination":null,"entered_on":"2016-05-02","exit_type":null,"exited_on":null,"municipality":"2303","participant_id":1,"referral":null,"registered_at":"2016-10-20T10:04:00Z"}','cb93b4e8c5b0991fe1e834df0f52922d1aea1bee0b3864456c91e6c9879cffcf','2b36401f5bcad2cf6f81bac0e5358c948c0f1c5f28c8580695eb678cd7907d94');
INSERT INTO "journal" VALUES(29,6,'2016-10-20T10:04:00Z','anna','transfer-participant',NULL,NULL,'step_move',4,NULL,'{"moved_on":"2016-05-02","registered_at":"2016-10-20T10:04:00Z","spell_id":4,"step":"b"}','2b36401f5bcad2cf6f81bac0e5358c948c0f1c5f28c8580695eb678cd7907d94','67777f20230dff37296a41c528de3f890d41432503e3ccc86742ee03e7c41df0');
INSERT INTO "journal" VALUES(30,7,'2016-10-20T10:05:00Z','anna','exit-participant',NULL,NULL,'spell',2,'{"destination":null,"exit_type":null,"exited_on":null}','{"destination":"job","exit_type":"completed","exited_on":"2016-08-31"}','67777f20230dff37296a41c528de3f890d41432503e3ccc86742ee03e7c41df0','0f2bb1cde68de58278c16b19f925f5cd784d50ca6c40d8dbfa840b860ca5b019');
INSERT INTO "journal" VALUES(31,8,'2016-10-20T10:06:00Z','anna','readmit-participant',NULL,NULL,'spell',5,NULL,'{"destination":null,"entered_on":"2016-10-03","exit_type":null,"exited_on":null,"municipality":"2321","participant_id":2,"referral":null,"registered_at":"2016-10-20T10:06:00Z"}','0f2bb1cde68de58278c16b19f925f5cd784d50ca6c40d8dbfa840b860ca5b019','8920b5e4e671884e85c17dc5a660a853aec0bd99585f7571f194d979f9a3f6d2');
INSERT INTO "journal" VALUES(32,8,'2016-10-20T10:06:00Z','anna','readmit-participant',NULL,NULL,'step_move',5,NULL,'{"moved_on":"2016-10-03","registered_at":"2016-10-20T10:06:00Z","spell_id":5,"step":"d"}','8920b5e4e671884e85c17dc5a660a853aec0bd99585f7571f194d979f9a3f6d2','366503906fd030e6628984427b3e8ff071b02e5fd1ca9b166edaaa5395689b12');
INSERT INTO "journal" VALUES(33,9,'2016-10-20T10:07:00Z','anna','exit-participant',NULL,NULL,'spell',3,'{"destination":null,"exit_type":null,"exited_on":null}','{"destination":"no_contact","exit_type":"discontinued","exited_on":"2016-09-30"}','366503906fd030e6628984427b3e8ff071b02e5fd1ca9b166edaaa5395689b12','41736dcbb5d127d03c368df8666716d6ddd686f4fe83d4f575bf07fa196b00cd');
INSERT INTO "journal" VALUES(34,10,'2016-10-20T10:08:00Z','anna','edit-participant','misread',NULL,'participant',3,'{"sex":"unknown"}','{"sex":"other"}','41736dcbb5d127d03c368df8666716d6ddd686f4fe83d4f575bf07fa196b00cd','e73fecca576e5440a0271c93dceeb58174ccef2b22740df1a1fd32e0b51180d2');
INSERT INTO "journal" VALUES(35,11,'2016-10-20T10:09:00Z','anna','edit-spell','misread',NULL,'spell',2,'{"destination":"job"}','{"destination":"school"}','e73fecca576e5440a0271c93dceeb58174ccef2b22740df1a1fd32e0b51180d2','0e96816ef2f86ac2221503bbc1ed8b47fa87d60c5128d7871122939c9d5d77b9');
INSERT INTO "journal" VALUES(36,12,'2016-10-20T10:10:00Z','anna','edit-move','misread',NULL,'step_move',3,'{"moved_on":"2016-04-01"}','{"moved_on":"2016-04-04"}','0e96816ef2f86ac2221503bbc1ed8b47fa87d60c5128d7871122939c9d5d77b9','a7461d36107f8591f0c44c2ed16651ecf6b749a696898ba4285444ff50f6da17');
INSERT INTO "journal" VALUES(37,13,'2016-10-20T10:11:00Z','anna','add-participant',NULL,NULL,'participant',4,NULL,'{"birth_year":null,"code":"WMC1-YJ","ref":null,"registered_at":"2016-10-20T10:11:00Z","sex":"man"}','a7461d36107f8591f0c44c2ed16651ecf6b749a696898ba4285444ff50f6da17','41aec85bcc8667113fa0f16e4bd9cd7955be64c3cee5bff4c5f75d87af2d6cf7');
INSERT INTO "journal" VALUES(38,13,'2016-10-20T10:11:00Z','anna','add-participant',NULL,NULL,'spell',6,NULL,'{"destination":null,"entered_on":"2016-10-19","exit_type":null,"exited_on":null,"municipality":"2380","participant_id":4,"referral":null,"registered_at":"2016-10-20T10:11:00Z"}','41aec85bcc8667113fa0f16e4bd9cd7955be64c3cee5bff4c5f75d87af2d6cf7','df8068879f375a1c55f4c912bb139666d4c744827041d2cea1d1b733a23817d9');
INSERT INTO "journal" VALUES(39,14,'2016-10-20T10:12:00Z','anna','undo',NULL,13,'spell',6,'{"destination":null,"entered_on":"2016-10-19","exit_type":null,"exited_on":null,"municipality":"2380","participant_id":4,"referral":null,"registered_at":"2016-10-20T10:11:00Z"}',NULL,'df8068879f375a1c55f4c912bb139666d4c744827041d2cea1d1b733a23817d9','7e654697e658ea56528e59e2c581302f3dd7aef2c52dde4afda093be0254f194');
INSERT INTO "journal" VALUES(40,14,'2016-10-20T10:12:00Z','anna','undo',NULL,13,'participant',4,'{"birth_year":null,"code":"WMC1-YJ","ref":null,"registered_at":"2016-10-20T10:11:00Z","sex":"man"}',NULL,'7e654697e658ea56528e59e2c581302f3dd7aef2c52dde4afda093be0254f194','88516a14c46f705546aa5d8db698a4270970ebcd13b8ec56ad00f1d93bce34c9');
INSERT INTO "journal" VALUES(41,15,'2016-10-20T10:13:00Z','anna','add-participant',NULL,NULL,'participant',5,NULL,'{"birth_year":null,"code":"VNMY-29","ref":null,"registered_at":"2016-10-20T10:13:00Z","sex":"woman"}','88516a14c46f705546aa5d8db698a4270970ebcd13b8ec56ad00f1d93bce34c9','8bb971549d31025f2a51bf81c519c34db2528ededd4fab2521345e7a6f9111e7');
INSERT INTO "journal" VALUES(42,15,'2016-10-20T10:13:00Z','anna','add-participant',NULL,NULL,'spell',7,NULL,'{"destination":null,"entered_on":"2016-10-20","exit_type":null,"exited_on":null,"municipality":"2380","participant_id":5,"referral":null,"registered_at":"2016-10-20T10:13:00Z"}','8bb971549d31025f2a51bf81c519c34db2528ededd4fab2521345e7a6f9111e7','ee23c45488c36f7e1c319854bbb0c2f1e1a706673805c5f34490d96bd16a3092');
INSERT INTO "journal" VALUES(43,16,'2016-10-20T10:14:00Z','anna','edit-spell','misread',NULL,'spell',7,'{"exit_type":null,"exited_on":null}','{"exit_type":"misregistered","exited_on":"2016-10-20"}','ee23c45488c36f7e1c319854bbb0c2f1e1a706673805c5f34490d96bd16a3092','137206239c2e44e696c9b3da3127d023490bb3f2198fd78f8a46946c73d1912e');
CREATE TABLE municipality (
    code TEXT PRIMARY KEY CHECK (code GLOB '[0-9][0-9][0-9][0-9]'),
    name TEXT NOT NULL UNIQUE,
    short_name TEXT NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;
INSERT INTO "municipality" VALUES('2303','Ragunda kommun','Ragunda');
INSERT INTO "municipality" VALUES('2305','Bräcke kommun','Bräcke');
INSERT INTO "municipality" VALUES('2321','Åre kommun','Åre');
INSERT INTO "municipality" VALUES('2380','Östersund kommun','Östersund');
CREATE TABLE participant (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    code TEXT NOT NULL UNIQUE,
    ref TEXT,
    sex TEXT NOT NULL REFERENCES sex (code),
    birth_year INTEGER CHECK (birth_year BETWEEN 1880 AND 2200),
    registered_at TEXT NOT NULL
) STRICT;
INSERT INTO "participant" VALUES(1,'NH52-HG','norr-1','woman',1985,'2016-10-20T10:00:00Z');
INSERT INTO "participant" VALUES(2,'ZAHR-DG',NULL,'man',NULL,'2016-10-20T10:01:00Z');
INSERT INTO "participant" VALUES(3,'4V63-G0',NULL,'other',NULL,'2016-10-20T10:02:00Z');
INSERT INTO "participant" VALUES(5,'VNMY-29',NULL,'woman',NULL,'2016-10-20T10:13:00Z');
CREATE TABLE project (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    name_en TEXT NOT NULL,
    owner TEXT NOT NULL,
    starts_on TEXT NOT NULL CHECK (date(starts_on, '+0 days') IS starts_on),
    ends_on TEXT NOT NULL CHECK (date(ends_on, '+0 days') IS ends_on AND ends_on >= starts_on),
    funding TEXT NOT NULL,
    fund_rules TEXT NOT NULL,
    target_group TEXT NOT NULL,
    age_from INTEGER,
    age_to INTEGER,
    planned_participants INTEGER,
    demo INTEGER NOT NULL CHECK (demo IN (0, 1))
) STRICT;
INSERT INTO "project" VALUES(1,'provet','Provprojektet','The test project','Provregionen','2015-09-01','2018-03-31','','esf-2014','',15,64,NULL,0);
CREATE TABLE referral (
    code TEXT PRIMARY KEY,
    position INTEGER NOT NULL UNIQUE,
    name TEXT NOT NULL,
    name_en TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "referral" VALUES('af',1,'Arbetsförmedlingen','Public Employment Service');
CREATE TABLE sex (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    name_en TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "sex" VALUES('man','man','man');
INSERT INTO "sex" VALUES('other','annat','other');
INSERT INTO "sex" VALUES('unknown','okänt','unknown');
INSERT INTO "sex" VALUES('woman','kvinna','woman');
CREATE TABLE spell (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    participant_id INTEGER NOT NULL REFERENCES participant (id),
    municipality TEXT NOT NULL REFERENCES municipality (code),
    entered_on TEXT NOT NULL CHECK (date(entered_on, '+0 days') IS entered_on),
    exited_on TEXT CHECK (exited_on IS NULL OR date(exited_on, '+0 days') IS exited_on),
    exit_type TEXT REFERENCES exit_type (code),
    destination TEXT REFERENCES destination (code),
    referral TEXT REFERENCES referral (code),
    registered_at TEXT NOT NULL,
    CHECK (exited_on IS NULL OR exited_on >= entered_on),
    CHECK ((exited_on IS NULL) = (exit_type IS NULL) OR exit_type = 'misregistered')
) STRICT;
INSERT INTO "spell" VALUES(1,1,'2305','2016-03-10','2016-05-02','transferred',NULL,NULL,'2016-10-20T10:00:00Z');
INSERT INTO "spell" VALUES(2,2,'2321','2016-03-11','2016-08-31','completed','school','af','2016-10-20T10:01:00Z');
INSERT INTO "spell" VALUES(3,3,'2380','2016-02-29','2016-09-30','discontinued','no_contact',NULL,'2016-10-20T10:02:00Z');
INSERT INTO "spell" VALUES(4,1,'2303','2016-05-02',NULL,NULL,NULL,NULL,'2016-10-20T10:04:00Z');
INSERT INTO "spell" VALUES(5,2,'2321','2016-10-03',NULL,NULL,NULL,NULL,'2016-10-20T10:06:00Z');
INSERT INTO "spell" VALUES(7,5,'2380','2016-10-20','2016-10-20','misregistered',NULL,NULL,'2016-10-20T10:13:00Z');
CREATE TABLE step (
    code TEXT PRIMARY KEY,
    position INTEGER NOT NULL UNIQUE CHECK (position >= 1),
    name TEXT NOT NULL,
    name_en TEXT NOT NULL,
    description TEXT NOT NULL,
    description_en TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "step" VALUES('a',1,'Steg a','Step a','','');
INSERT INTO "step" VALUES('b',2,'Steg b','Step b','','');
INSERT INTO "step" VALUES('c',3,'Steg c','Step c','','');
INSERT INTO "step" VALUES('d',4,'Steg d','Step d','','');
CREATE TABLE step_move (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    spell_id INTEGER NOT NULL REFERENCES spell (id),
    moved_on TEXT NOT NULL CHECK (date(moved_on, '+0 days') IS moved_on),
    step TEXT NOT NULL REFERENCES step (code),
    registered_at TEXT NOT NULL
) STRICT;
INSERT INTO "step_move" VALUES(1,1,'2016-03-10','a','2016-10-20T10:00:00Z');
INSERT INTO "step_move" VALUES(2,3,'2016-02-29','c','2016-10-20T10:02:00Z');
INSERT INTO "step_move" VALUES(3,1,'2016-04-04','b','2016-10-20T10:03:00Z');
INSERT INTO "step_move" VALUES(4,4,'2016-05-02','b','2016-10-20T10:04:00Z');
INSERT INTO "step_move" VALUES(5,5,'2016-10-03','d','2016-10-20T10:06:00Z');
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE UNIQUE INDEX participant_ref ON participant (ref) WHERE ref IS NOT NULL;
CREATE INDEX spell_participant ON spell (participant_id);
CREATE INDEX step_move_spell ON step_move (spell_id, moved_on, id, step);
CREATE INDEX journal_change ON journal (change);
CREATE INDEX journal_record ON journal (subject, record);
CREATE INDEX journal_undoes ON journal (undoes) WHERE undoes IS NOT NULL;
CREATE TRIGGER journal_is_never_changed BEFORE UPDATE ON journal
    BEGIN SELECT RAISE(ABORT, 'the journal is never changed'); END;
CREATE TRIGGER journal_is_never_shortened BEFORE DELETE ON journal
    BEGIN SELECT RAISE(ABORT, 'the journal is never shortened'); END;
CREATE TRIGGER journal_grows_at_its_end BEFORE INSERT ON journal
    WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM journal)
    BEGIN SELECT RAISE(ABORT, 'the journal grows at its end'); END;
CREATE VIEW counted_spell AS
    SELECT id, participant_id, municipality, entered_on, exited_on, exit_type, destination, referral
    FROM spell
    WHERE exit_type IS NULL OR exit_type <> 'misregistered';
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('participant',5);
INSERT INTO "sqlite_sequence" VALUES('spell',7);
INSERT INTO "sqlite_sequence" VALUES('step_move',5);
COMMIT;
