/* Which branch labels are seen from which revision. Private to engine/revision. */
#pragma once
#include "engine/revision/graph.h"

/* Fill branch_labels of every revision; graph->all is in order. */
void revision_labels_spread(struct graph *g);
