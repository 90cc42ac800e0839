SELECT 'a''b;', "c;", `d;`, [e;] /* ; */ -- ;
; EXPLAIN QUERY PLAN SELECT 1;