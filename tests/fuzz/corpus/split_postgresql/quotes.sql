SELECT 'a''b', E'\'' , $x$;$x$, U&"d" /* /* ; */ */ -- x
;