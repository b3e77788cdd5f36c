package dev.cairn.gateway.http;

/** Ends a request with a problem. */
final class ProblemException extends RuntimeException {

  private final transient Problem problem;

  ProblemException(Problem problem) {
    // Without a stack trace: the caller is at fault, and a flood of such calls must stay cheap.
    super(problem.detail(), null, false, false);
    this.problem = problem;
  }

  Problem problem() {
    return problem;
  }
}
