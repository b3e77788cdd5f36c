package dev.cairn.schemas.compatibility;

import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import dev.cairn.schemas.compatibility.Declarations.Declaration;
import dev.cairn.schemas.compatibility.Declarations.Kind;
import dev.cairn.schemas.compatibility.Declarations.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether new messages can be read by readers of the old, and old ones by new readers, in binary
 * and in JSON. Nothing may go, move or change its type; anything may be added.
 *
 * @param breaking one sentence for each change that breaks a reader
 * @param additions what is new, and so not yet protected by the baseline
 */
record Comparison(List<String> breaking, List<String> additions) {

  static Comparison of(FileDescriptorSet baseline, FileDescriptorSet current) {
    Comparison comparison = new Comparison(new ArrayList<>(), new ArrayList<>());
    Map<String, Declaration> before = Declarations.of(baseline).byName();
    Map<String, Declaration> after = Declarations.of(current).byName();
    before.forEach((name, old) -> comparison.compare(name, old, after.get(name)));
    after.forEach((name, added) -> comparison.findAdditions(name, before.get(name), added));
    return comparison;
  }

  private void compare(String owner, Declaration old, Declaration now) {
    if (now == null || now.kind() != old.kind()) {
      breaking.add("%s %s was removed".formatted(word(old.kind()), owner));
      return;
    }
    old.members().forEach((number, member) -> compare(owner, number, member, now));
    old.reserved().stream()
        .filter(number -> !now.reserved().contains(number))
        .forEach(
            number ->
                breaking.add(
                    "%s no longer reserves the number %d, which old records carry"
                        .formatted(owner, number)));
  }

  private void compare(String owner, int number, Member old, Declaration now) {
    String what = (now.kind() == Kind.ENUM ? "value " : "field ") + owner + "." + old.name();
    Optional<Integer> movedTo =
        now.members().entrySet().stream()
            .filter(entry -> entry.getValue().name().equals(old.name()))
            .map(Map.Entry::getKey)
            .findFirst();
    Member same = now.members().get(number);
    if (movedTo.isPresent() && movedTo.get() != number) {
      breaking.add("%s was renumbered from %d to %d".formatted(what, number, movedTo.get()));
    } else if (same == null) {
      breaking.add("%s = %d was removed".formatted(what, number));
    } else if (!same.name().equals(old.name())) {
      breaking.add(
          "%s = %d was renamed to %s, which breaks JSON".formatted(what, number, same.name()));
    } else if (!same.type().equals(old.type())) {
      breaking.add("%s was retyped from %s to %s".formatted(what, old.type(), same.type()));
    } else if (!same.jsonName().equals(old.jsonName())) {
      breaking.add(
          "%s changed its JSON name from %s to %s"
              .formatted(what, old.jsonName(), same.jsonName()));
    }
  }

  private void findAdditions(String owner, Declaration old, Declaration now) {
    if (old == null) {
      additions.add(owner);
      return;
    }
    now.members()
        .forEach(
            (number, member) -> {
              if (!old.members().containsKey(number)) {
                additions.add(owner + "." + member.name());
              }
            });
    now.reserved().stream()
        .filter(number -> !old.reserved().contains(number))
        .forEach(number -> additions.add(owner + " reserved " + number));
  }

  private static String word(Kind kind) {
    return kind == Kind.ENUM ? "enum" : "message";
  }
}
