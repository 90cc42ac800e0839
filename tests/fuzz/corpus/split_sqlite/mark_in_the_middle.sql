CREATE TRIGGER t AFTER DELETE ON items BEGIN DELETE FROM log; ﻿/* ; */ END -- no semicolon
