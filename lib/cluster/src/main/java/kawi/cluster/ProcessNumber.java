package kawi.cluster;

/** Tells in which process it runs: the smallest work there is, to see whether executors are reached. */
record ProcessNumber() implements Task<Integer, Long> {
    @Override
    public Long run(Integer input) {
        return ProcessHandle.current().pid();
    }
}
