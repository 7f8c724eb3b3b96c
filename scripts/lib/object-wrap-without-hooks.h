// Included before every source of better-sqlite3 12 (CXXFLAGS=-include …).
//
// Since Node 24.19 node::ObjectWrap asks, in its destructor, for the environment of the context that was entered. A
// garbage collection by a task of V8's own has entered none: Node aborts, some seconds or minutes after a statement was
// dropped ("Assertion failed: (env) != nullptr", src/api/hooks.cc). Without the hooks it is what it was in every Node
// before. better-sqlite3 13 has no ObjectWrap, and does not run on Node 20.
#pragma once

#include <node.h>

namespace burgernet {
inline void NoHook(v8::Isolate*, void (*)(void*), void*) {}
}  // namespace burgernet

#define AddEnvironmentCleanupHook ::burgernet::NoHook
#define RemoveEnvironmentCleanupHook ::burgernet::NoHook
#include <node_object_wrap.h>
#undef AddEnvironmentCleanupHook
#undef RemoveEnvironmentCleanupHook
