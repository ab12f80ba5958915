/** Exercises beside the notebooks: tasks that check themselves, with hints. What a task asks is in its notebook. */
package kawi.course;
