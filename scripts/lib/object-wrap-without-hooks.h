// WORKAROUND: scripts/lib/node-packages.mjs and the Dockerfile include this header before every source of
// better-sqlite3 12 (CXXFLAGS=-include …).
//
// Why: since Node 24.19 the destructor of node::ObjectWrap asks for the environment of the entered context. A
// garbage collection in one of V8's own tasks has not entered a context, so Node aborts some seconds or
// minutes after a statement was dropped ("Assertion failed: (env) != nullptr", src/api/hooks.cc). Without
// these hooks, the class works as in every earlier Node.
//
// It can go together with Node 20: better-sqlite3 13 has no ObjectWrap, but does not run on Node 20
// (docs/decisions/0008).
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
